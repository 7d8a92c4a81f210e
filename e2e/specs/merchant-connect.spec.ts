import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleView } from '../../api/domain/console-views.ts'
import type { MerchantId } from '../../db/values.ts'
import { launchBrowser, newPage } from '../browser.ts'
import { type AtIntuit, answerIntuit, signInByCode, watchBar } from '../flows/console.ts'
import { deskOf } from '../flows/payer.ts'
import { callerOf, mailsTo, until } from '../merchant.ts'
import { realmId } from '../outside.ts'
import { type World, startWorld } from '../world.ts'

const owner = 'avery@alderandfinch.example'
const secondRealm = '9341452130422222'
const nobodyYet = /status of 401/

let world: World
let kept: Exclude<BrowserContextOptions['storageState'], undefined | string>
beforeAll(async () => {
  world = await startWorld({ connected: false, invoices: 3_000 })
  world.outside.quickbooks.books.createCompany(secondRealm, { name: 'Birch & Lane Cabinets', country: 'US' })
})
afterAll(() => world?.close())

/** The console in a browser that is signed in since the first test. */
async function inConsole(path = '/console', options: { allow?: RegExp[] } = {}): Promise<Page> {
  const page = await newPage(await launchBrowser(), { storageState: kept, ...options })
  await page.goto(world.apiUrl + path)
  return page
}

const call = (page: Page) => page.context().cookies(world.apiUrl).then(cookies => callerOf(world.apiUrl, cookies.map(({ name, value }) => `${name}=${value}`).join('; ')))
const viewOf = async (page: Page) => (await (await call(page))('GET', '/v1/merchant')) as ConsoleView
const rowOf = async (page: Page) => world.api.context.store.merchant((await viewOf(page)).merchant.id as MerchantId).connection.find()
type Grant = { realmId?: string; userSub: string; ended?: { why: string } }

/** What the owner has ever granted at Intuit. */
async function grantsOfOwner(): Promise<Grant[]> {
  const sub = world.outside.quickbooks.users.find(user => user.email === owner)?.sub
  const { grants } = (await (await fetch(`${world.outside.quickbooks.url}/_emulator/state`)).json()) as { grants: Grant[] }
  return grants.filter(grant => grant.userSub === sub)
}
const isGranted = async (realm = realmId) => (await grantsOfOwner()).some(grant => grant.realmId === realm && !grant.ended)

async function connect(page: Page, answer: AtIntuit, button = 'Connect to QuickBooks'): Promise<void> {
  await page.getByRole('link', { name: button }).first().click()
  await answerIntuit(page, world, answer)
}

test('IL12 IL13: a merchant signs in with a mailed code, and the first screen offers to connect QuickBooks', async () => {
  const page = await newPage(await launchBrowser(), { allow: [nobodyYet] })
  await page.goto(`${world.apiUrl}/console`)
  await page.getByLabel('Your e-mail address').fill(owner)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('The code').fill('000000')
  await page.getByText('That is not the code we sent').waitFor()
  await signInByCode(page, world, owner)
  await page.getByRole('heading', { name: 'Bring in your invoices' }).waitFor()
  expect(await page.getByRole('link', { name: 'Connect to QuickBooks' }).getAttribute('href')).toBe('/console/connect')
  expect((await viewOf(page)).connection).toMatchObject({ state: 'none', realmId: null })
  kept = await page.context().storageState()
})

test('a merchant who declines at Intuit comes back to a sentence, and nothing is connected', async () => {
  const page = await inConsole()
  await connect(page, { answer: 'No thanks' })
  expect(await page.getByRole('alert').textContent()).toMatch(/declined at QuickBooks. Nothing was connected/)
  expect(new URL(page.url()).search).toBe('')
  expect([(await viewOf(page)).connection.state, await isGranted()]).toEqual(['none', false])
})

test('TO17: without the permission for the books the merchant reads which one is missing, and what was granted is given back', async () => {
  const page = await inConsole()
  await connect(page, { company: 'Alder & Finch Joinery', without: 'QuickBooks data' })
  expect(await page.getByRole('alert').textContent()).toMatch(/permission “Accounting”.*was not given. Nothing was connected/)
  expect([(await viewOf(page)).connection.state, await isGranted()]).toEqual(['none', false])
  expect((await grantsOfOwner()).map(grant => grant.ended?.why)).toEqual(['revoked'])
  await page.getByRole('link', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: /Connect Quittance to QuickBooks/ }).waitFor()
})

test('IL14 IL15 IL16 IL17 AP12 AP13 17-5 TO16: a button in the settings leads to Intuit’s own page, the merchant picks a company there, comes back, and a bar tells how the first load goes until it is whole', async () => {
  const page = await inConsole('/console/settings')
  const bar = await watchBar(page)
  // Slow enough for a person to see it.
  world.outside.quickbooks.faults.queue({ kind: 'delay', ms: 150, match: { path: '/query' }, times: 40 })
  await connect(page, { company: 'Alder & Finch Joinery' })
  await page.getByText('Alder & Finch Joinery is connected.').waitFor()
  expect(await page.getByRole('link', { name: 'Connect to QuickBooks' }).count(), 'the button is gone once connected').toBe(0)
  expect(await page.getByRole('banner').getByRole('progressbar').count(), 'the bar stands in the header too').toBe(1)
  expect(await page.getByRole('heading', { name: 'Owed to you' }).count(), 'no picture is shown before it is whole').toBe(0)
  await page.getByText('First load from QuickBooks: done.').waitFor({ timeout: 60_000 })
  await page.getByRole('heading', { name: 'Owed to you' }).waitFor()
  const values = bar.map(({ done }) => done)
  expect(new Set(values).size, `the bar showed ${values.join(', ')}`).toBeGreaterThanOrEqual(3)
  expect(values).toEqual(values.toSorted((a, b) => a - b))
  const invoices = deskOf(world).all('Invoice').length
  const texts = bar.map(({ head, steps }) => `${head} ${steps.join(' ')}`).join('\n')
  expect(texts).toMatch(/First load from QuickBooks [\d,]+ of [\d,]+ · .* left · [\d,]+ a second/)
  expect(texts).toMatch(/Invoices [\d,]+ (of [\d,]+|waiting)/)
  expect(texts).toMatch(/Customers [\d,]+ (of [\d,]+|✓)/)
  const { import: run, connection, merchant } = await viewOf(page)
  expect(run).toMatchObject({ kind: 'first_load', state: 'done', problem: null })
  expect(run?.steps.find(step => step.entity === 'Customer')?.done).toBe(deskOf(world).all('Customer').length)
  expect(run?.steps.find(step => step.entity === 'Invoice')?.done).toBeLessThanOrEqual(invoices)
  expect(connection).toMatchObject({ state: 'connected', realmId, companyName: 'Alder & Finch Joinery', homeCurrency: 'USD' })
  expect(merchant.name).toBe('Alder & Finch Joinery')
  expect([await isGranted(), await isGranted(secondRealm)]).toEqual([true, false])
  const row = await rowOf(page)
  expect(row).toMatchObject({ state: 'connected', realmId, sealedAccess: expect.any(String) as string, sealedRefresh: expect.any(String) as string })
})

test('another merchant cannot connect a company that is connected already, and the first keeps its own', async () => {
  const page = await newPage(await launchBrowser(), { allow: [nobodyYet] })
  await signInByCode(page, world, 'jules@ledgerdesk.example')
  await connect(page, { as: 'Jules Moreno', company: 'Alder & Finch Joinery' })
  expect(await page.getByRole('alert').textContent()).toMatch(/connected to another merchant here/)
  const first = await inConsole()
  expect([(await viewOf(page)).connection.state, (await viewOf(first)).connection.state, await isGranted()]).toEqual(['none', 'connected', true])
})

test('a state that was used, or that belongs to another browser, connects nothing', async () => {
  const page = await newPage(await launchBrowser(), { allow: [nobodyYet] })
  await signInByCode(page, world, 'second@elsewhere.example')
  const begun = await fetch(`${world.apiUrl}/console/connect`, { redirect: 'manual', headers: { cookie: kept.cookies.map(({ name, value }) => `${name}=${value}`).join('; ') } })
  const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state')
  for (const used of [state, 'qst_made_up']) {
    await page.goto(`${world.apiUrl}/quickbooks/callback?code=stolen&realmId=${secondRealm}&state=${used}`)
    expect(await page.getByRole('alert').textContent()).toMatch(/nothing was connected/i)
    expect(page.url(), 'the code is not left in the address').not.toContain('stolen')
  }
  expect((await viewOf(page)).connection.state).toBe('none')
})

test('Disconnect says what it does, revokes the grant at Intuit and deletes the tokens; Reconnect keeps every mapping and choice', async () => {
  const page = await inConsole('/console/settings')
  await page.getByRole('radio', { name: /Let me look first/ }).check()
  const save = page.getByRole('region', { name: 'New invoices' }).getByRole('button', { name: 'Save' })
  await save.click()
  await page.getByText('The rule for new invoices is saved.').waitFor()
  const api = await call(page)
  const before = { view: await viewOf(page), invoices: await api('GET', '/v1/merchant/invoices?filter=all&limit=100'), customers: await api('GET', '/v1/merchant/customers') }
  await page.getByRole('button', { name: 'Disconnect' }).click()
  const dialog = page.getByRole('dialog', { name: 'Disconnect from QuickBooks?' })
  expect(await dialog.textContent()).toMatch(/revoked at Intuit and our tokens are deleted/)
  await dialog.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByText('Disconnected from Alder & Finch Joinery').waitFor()
  expect(await isGranted()).toBe(false)
  expect(await rowOf(page)).toMatchObject({ state: 'disconnected', sealedAccess: null, sealedRefresh: null, sealedPrevious: null })

  const missed = deskOf(world).write('Customer', { DisplayName: 'Came While Away' })
  await page.getByRole('link', { name: 'Home' }).click()
  await page.getByRole('heading', { name: 'QuickBooks is disconnected' }).waitFor()
  await connect(page, { company: 'Birch & Lane Cabinets' })
  expect(await page.getByRole('alert').textContent(), 'another company would mix the books').toMatch(/another QuickBooks company/)
  expect([await isGranted(secondRealm), (await viewOf(page)).connection.state]).toEqual([false, 'disconnected'])
  await connect(page, { company: 'Alder & Finch Joinery' })
  await page.getByText('Alder & Finch Joinery is connected.').waitFor()
  await until(() => viewOf(page), view => view.import?.kind === 'since_last' && view.import.state === 'done')
  const after = { view: await viewOf(page), invoices: await api('GET', '/v1/merchant/invoices?filter=all&limit=100'), customers: await api('GET', '/v1/merchant/customers') }
  expect(after.view.settings).toEqual({ ...before.view.settings, publish: 'review' })
  expect(after.view.merchant).toEqual(before.view.merchant)
  expect(after.invoices).toEqual(before.invoices)
  expect((after.customers as { total: number }).total, 'what came while away is there').toBe((before.customers as { total: number }).total + 1)
  expect(missed['DisplayName']).toBe('Came While Away')
  expect(await isGranted()).toBe(true)
})

test('the pages that Intuit’s store asks for: launch, connect, reconnect, disconnected', async () => {
  const stranger = await newPage(await launchBrowser(), { allow: [nobodyYet] })
  for (const [path, heading] of [['/quickbooks/connect', 'Connect to QuickBooks'], ['/quickbooks/reconnect', 'Reconnect to QuickBooks']] as const) {
    await stranger.goto(world.apiUrl + path)
    await stranger.getByRole('heading', { name: heading }).waitFor()
    await stranger.getByRole('link', { name: 'Sign in' }).click()
    await stranger.getByLabel('Your e-mail address').waitFor()
  }
  await stranger.goto(`${world.apiUrl}/quickbooks/launch`)
  await stranger.getByLabel('Your e-mail address').waitFor()
  await stranger.goto(`${world.apiUrl}/quickbooks/disconnected?realmId=${realmId}`)
  await stranger.getByRole('link', { name: 'Reconnect to QuickBooks' }).waitFor()

  const page = await inConsole('/quickbooks/launch')
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  expect((await viewOf(page)).connection.state, 'a stranger’s visit to the page disconnects nobody').toBe('connected')
  await page.goto(`${world.apiUrl}/quickbooks/reconnect`)
  await page.getByRole('heading', { name: /Connect Quittance to QuickBooks|Sign in/ }).waitFor()
})

test('a person who removes the app inside QuickBooks finds it disconnected here, and one click reconnects it', async () => {
  const page = await inConsole()
  await page.getByRole('heading', { name: 'Owed to you' }).waitFor()
  world.outside.quickbooks.disconnect(realmId)
  const visitor = await newPage(await launchBrowser())
  await visitor.goto(`${world.apiUrl}/quickbooks/disconnected?realmId=${realmId}`)
  // Nobody reloads the console.
  await page.getByText('The company was disconnected in QuickBooks.').waitFor()
  await connect(page, { company: 'Alder & Finch Joinery' })
  await page.getByText('Alder & Finch Joinery is connected.').waitFor()
  expect((await viewOf(page)).connection.state).toBe('connected')
})

test('a grant that Intuit no longer takes is said on every place of the open console, and Reconnect goes on with what is kept', async () => {
  const page = await inConsole('/console/invoices')
  await until(() => viewOf(page), view => view.import?.state === 'done')
  const { invoices } = (await (await call(page))('GET', '/v1/merchant/invoices?limit=1')) as { invoices: { id: string; number: string }[] }
  await page.getByRole('list', { name: 'Invoices' }).getByText(invoices[0]?.number ?? '').first().waitFor()
  world.outside.quickbooks.disconnect(realmId)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByText('QuickBooks no longer accepts this connection. Connect again to go on').first().waitFor()
  await connect(page, { company: 'Alder & Finch Joinery' }, 'Reconnect to QuickBooks')
  await page.getByText('Alder & Finch Joinery is connected.').waitFor()
  await until(() => viewOf(page), view => view.import?.state === 'done')
  expect(await (await call(page))('GET', '/v1/merchant/invoices?limit=1')).toMatchObject({ invoices: [{ id: invoices[0]?.id }] })
  expect(await page.getByText('no longer accepts this connection').count()).toBe(0)
})

test('a merchant signs in with Intuit: the first time the same address is proved by a code, then by Intuit alone', async () => {
  const page = await newPage(await launchBrowser(), { allow: [nobodyYet] })
  const enter = async () => {
    await page.goto(`${world.apiUrl}/console`)
    await page.getByRole('link', { name: 'Sign in with Intuit' }).click()
    await answerIntuit(page, world, { answer: 'Continue' })
  }
  await enter()
  await page.getByRole('heading', { name: 'One more step, this once' }).waitFor()
  await signInByCode(page, world, owner)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Your e-mail address').waitFor()
  const mails = (await mailsTo(world.outside.mail.url, owner)).length
  await enter()
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  expect((await viewOf(page)).member.email).toBe(owner)
  expect((await mailsTo(world.outside.mail.url, owner)).length, 'no code was needed').toBe(mails)
})
