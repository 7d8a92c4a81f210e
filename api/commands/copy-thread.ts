import { workerData } from 'node:worker_threads'
import { connect } from '../../db/client.ts'
import { beginCopy } from '../../db/copy.ts'

/** Copies a database that no server has open, in a thread of its own: what it throws is its end. */
const { path, target } = workerData as { path: string; target: string }
const connection = await connect(`file:${path}`, { timeoutMs: 0 })
try {
  await beginCopy(connection.client, target)
} finally {
  await connection.close()
}
