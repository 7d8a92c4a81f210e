import type { HttpBindings } from '@hono/node-server'
import { createHmac } from 'node:crypto'
import type { Hono } from 'hono'
import { isObject, textAt, type JsonObject } from '../books/json.ts'
import { Refusal, refuse } from '../books/refusal.ts'
import { faultOf } from './faults.ts'
import { ok, read, timeOf, wrote, type AccountingParts, type Answer, type Call } from './parts.ts'

const bytesMax = 100 * 1024 * 1024
const addressLifeMs = 15 * 60_000

/** Takes files with their metadata, part by part; what cannot be attached carries its Fault inside an answer of HTTP 200 (recorded). */
export async function upload(parts: AccountingParts, call: Call): Promise<Answer> {
  if (!(call.c.req.header('content-type') ?? '').startsWith('multipart/form-data')) throw refuse.unsupported('upload without multipart/form-data')
  const form = await formOf(call)
  const contents = [...form.entries()].filter(([name]) => name.startsWith('file_content_'))
  if (contents.length === 0) throw refuse.missing('file_content_01')
  const answers: JsonObject[] = []
  let total = 0
  for (const [name, content] of contents) {
    const metadata = form.get(name.replace('file_content_', 'file_metadata_'))
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(await content.arrayBuffer())
    total += bytes.length
    if (total > bytesMax) throw refuse.business('The files of one upload can have 100 MB together at most.')
    const text = metadata === null ? '{}' : typeof metadata === 'string' ? metadata : await metadata.text()
    answers.push(attached(parts, call, { text, bytes, fileName: typeof content === 'string' ? name : content.name }))
  }
  return ok({ AttachableResponse: answers, time: timeOf(parts) }, wrote('upload'))
}

async function formOf(call: Call): Promise<FormData> {
  try {
    return await call.c.req.formData()
  } catch (error) {
    // What the parser of forms throws for a body that is none.
    if (error instanceof TypeError) throw refuse.unknownProperty('failed to parse the multipart body; a part')
    throw error
  }
}

/** Answers with an address that works for fifteen minutes. */
export function download(parts: AccountingParts, call: Call, id: string): Answer {
  if (!parts.books.file(call.realmId, id)) throw refuse.notFound()
  return ok(new Response(temporaryAddress(parts, call, id), { headers: { 'Content-Type': 'text/plain;charset=utf-8' } }), read('download'))
}

/** The object with the address that an API call fetches its file from, and the pre-signed one of the moment. */
export function withAddresses(parts: AccountingParts, call: Call, object: JsonObject): JsonObject {
  const id = textAt(object, 'Id') ?? ''
  return { ...object, FileAccessUri: `/v3/company/${call.realmId}/download/${id}`, TempDownloadUri: temporaryAddress(parts, call, id) }
}

function temporaryAddress(parts: AccountingParts, call: Call, id: string): string {
  const origin = new URL(call.c.req.url).origin
  const until = String(parts.clock.now() + addressLifeMs)
  return `${origin}/attachments/${call.realmId}/${id}?X-Amz-Expires=900&X-Amz-Until=${until}&X-Amz-Signature=${signature(call.realmId, id, until)}`
}

/** Serves the bytes behind a temporary address, without a token, until it expires. */
export function mountFiles(app: Hono<{ Bindings: HttpBindings }>, parts: AccountingParts): void {
  app.get('/attachments/:realmId/:id', c => {
    const { realmId, id } = c.req.param()
    const until = c.req.query('X-Amz-Until') ?? ''
    const valid = c.req.query('X-Amz-Signature') === signature(realmId, id, until) && Number(until) > parts.clock.now()
    const content = valid ? parts.books.file(realmId, id) : undefined
    if (!content) return c.body('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>', 403, { 'Content-Type': 'application/xml' })
    const attachable = parts.books.read(realmId, 'Attachable', id) ?? {}
    return c.body(content, 200, { 'Content-Type': textAt(attachable, 'ContentType') ?? 'application/octet-stream' })
  })
}

function attached(parts: AccountingParts, call: Call, file: { text: string; bytes: Uint8Array; fileName: string }): JsonObject {
  try {
    const metadata = parsed(file.text)
    const body = { FileName: file.fileName, ...metadata }
    const object = parts.books.write(call.realmId, { entity: 'Attachable', operation: 'create', body, user: call.user, owned: { Size: file.bytes.length } })
    const id = textAt(object, 'Id') ?? ''
    parts.books.keepFile(call.realmId, id, file.bytes)
    return { Attachable: withAddresses(parts, call, object) }
  } catch (error) {
    if (error instanceof Refusal) return faultOf(error)
    throw error
  }
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw refuse.unknownProperty('failed to parse json object; a property')
}

/** The key protects nothing but the emulator's own addresses against guessing. */
function signature(realmId: string, id: string, until: string): string {
  return createHmac('sha256', 'attachments of the emulator').update(`${realmId} ${id} ${until}`).digest('hex')
}
