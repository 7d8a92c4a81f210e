import { Hono } from 'hono'
import { listen } from '../../emulators/kit/server.ts'

/** The platform alone: what starting a server costs at the least. */
await listen(new Hono().get('*', c => c.text('ok')), Number(process.env['PORT']))
