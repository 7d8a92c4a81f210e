import { Hono } from 'hono'
import { readFileSync } from 'node:fs'
import { listen } from '../../emulators/kit/server.ts'
import { announce } from '../child.ts'

/** A server that answers every request with the bytes of a file, as JSON: what the platform alone can do. */
const [file = ''] = process.argv.slice(2)
const text = readFileSync(file, 'utf8')
const app = new Hono().get('*', c => c.body(text, 200, { 'content-type': 'application/json' }))
const { url } = await listen(app)
announce({ url })
