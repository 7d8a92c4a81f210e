import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../ports.ts'
import type { Bench, OpenBench } from '../bench.ts'
import { type Child, startChild, startServed } from '../child.ts'
import { type Load, type LoadRequest, startLoad } from '../load.ts'
import type { Place } from '../figures.ts'
import { type Prepared, invoicesOfCustomer, prepareDatabase, settingsFor } from '../prepared.ts'

const connections = 50
const forMs = 3_000
const few = 1_000
const many = 1_000_000
const path = `/v1/invoices?filter=all&limit=${invoicesOfCustomer}`

/** A customer's list under load, beside a server that answers the same bytes from memory. */
export const list: Bench = {
  name: 'list',
  plans: [
    { id: 'list', what: 'list of 20 invoices, 50 connections', floorIs: 'a server answering a constant of the same bytes', unit: 'a second', target: { kind: 'ratio-at-least', value: 0.4 } },
    { id: 'list-p99', what: 'the same list, the slowest in a hundred', floorIs: null, unit: 'ms', target: { kind: 'at-most', value: 50 } },
    { id: 'list-read', what: 'the same list where no answer is asked for twice, so that each is read anew', floorIs: 'the same constant', unit: 'a second', target: { kind: 'none' } },
    { id: 'list-read-p99', what: 'the same, the slowest in a hundred', floorIs: null, unit: 'ms', target: { kind: 'at-most', value: 50 } },
  ],
  limit: 'The first to ask after something was written has the list read: whose link it is, the page, the counts, the days of payment, some ten statements on the one thread that also writes the answers. Until the next write, for a second at most, the same question of the same caller is answered from memory: what is left then is HTTP, the limits of requests and a line in the log; a third of it is handing the bytes to the network. The generator stays awake between answers: on a virtual machine waking it costs up to two thirds of a cached answer, and the floor, which never lets it sleep, pays nothing of that.',
  async open() {
    const served = await serve(few)
    const load = await startLoad()
    const constant = await startConstant(served)
    return {
      async round() {
        const floor = await load.send(constant.ready['url'] as string, served.requests, { connections, forMs })
        const ours = await load.send(served.url, served.requests, { connections, forMs })
        const read = await load.send(served.url, askedOnce(served), { connections, forMs })
        return { list: { ours: ours.perSecond, floor: floor.perSecond }, 'list-p99': { ours: ours.p99Ms, floor: null }, 'list-read': { ours: read.perSecond, floor: floor.perSecond }, 'list-read-p99': { ours: read.p99Ms, floor: null } }
      },
      places: () => placesUnder(served, load),
      close: async () => {
        await Promise.all([constant.stop(), load.stop(), served.close()])
      },
    }
  },
}

/** The same list where a million invoices lie around it. */
export const listOfMany: Bench = {
  name: 'list-million',
  plans: [{ id: 'list-million', what: 'the same list with 1,000,000 invoices in the database', floorIs: 'with 1,000', unit: 'a second', target: { kind: 'ratio-at-least', value: 0.8 } }],
  limit: 'An index leads to the customer’s own rows. What is left are deeper indexes, and pages of the file that are no longer in the cache.',
  async open(say): Promise<OpenBench> {
    say('writing 1,000,000 invoices')
    const large = await serve(many)
    const small = await serve(few)
    const load = await startLoad()
    return {
      async round() {
        const floor = await load.send(small.url, askedOnce(small), { connections, forMs })
        const ours = await load.send(large.url, askedOnce(large), { connections, forMs })
        return { 'list-million': { ours: ours.perSecond, floor: floor.perSecond } }
      },
      places: () => placesUnder(large, load),
      close: async () => {
        await Promise.all([large.close(), small.close(), load.stop()])
      },
    }
  },
}

/** As many different questions as nobody comes round to twice within the second in which answers are kept. */
function askedOnce({ requests }: Served): LoadRequest[] {
  return Array.from({ length: 20_000 }, (_, i) => ({ method: 'GET', ...requests[i % requests.length], path: `${path}&asked=${i}` }))
}

type Served = { url: string; requests: LoadRequest[]; api: Child; prepared: Prepared; close(): Promise<void> }

async function serve(invoices: number): Promise<Served> {
  const prepared = await prepareDatabase(invoices)
  const api = await startServed(settingsFor(prepared, await freePort()))
  const requests = prepared.links.map(link => ({ method: 'GET', path, headers: { authorization: `Bearer ${link}` } }))
  return {
    url: api.ready['url'] as string, requests, api, prepared,
    close: async () => {
      await api.stop()
      prepared.drop()
    },
  }
}

async function startConstant({ url, requests: [request], prepared }: Served): Promise<Child> {
  const answer = await fetch(`${url}${path}`, { headers: request?.headers ?? {} })
  const text = await answer.text()
  const { invoices } = JSON.parse(text) as { invoices?: unknown[] }
  if (invoices?.length !== invoicesOfCustomer) throw new Error(`the list does not hold ${invoicesOfCustomer} invoices: ${text.slice(0, 300)}`)
  const file = join(prepared.folder, 'answer.json')
  writeFileSync(file, text)
  return startChild('servers/constant.ts', { argv: [file] })
}

async function placesUnder({ api, url, requests }: Served, load: Load): Promise<Place[]> {
  await api.ask('profile')
  await load.send(url, requests, { connections, forMs })
  return api.ask<Place[]>('places')
}
