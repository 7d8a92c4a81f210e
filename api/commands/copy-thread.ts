import { parentPort, workerData } from 'node:worker_threads'
import { connect } from '../../db/client.ts'
import { beginCopy } from '../../db/copy.ts'

/** Copies a database that no server has open; tells its parent a problem in a sentence, or null when the copy is written. */
const { path, target } = workerData as { path: string; target: string }
try {
  const connection = await connect(`file:${path}`, { timeoutMs: 0 })
  await beginCopy(connection.client, target)
  await connection.close()
  parentPort?.postMessage(null)
} catch (error) {
  parentPort?.postMessage(error instanceof Error ? error.message : String(error))
}
