import { resolve } from 'node:path'
import { databasePath } from '../../db/client.ts'
import { CopyError } from '../../db/copy.ts'
import { restoreFile } from '../../db/restore.ts'
import { readDatabase, readTyped } from '../config.ts'
import { bytesLine, createLine, run, say } from './terminal.ts'

const usage = 'npm run restore -- --from FILE\n  Puts a backup in the place of the database while no server runs. What stood there is kept beside it. DATA_DIR or DATABASE_URL says which database.'

await run(async () => {
  const { from } = readTyped({ from: { type: 'string' } }, usage)
  if (from === undefined) throw new Error(usage)
  const { url } = readDatabase()
  if (databasePath(url) === null) throw new Error(`The database is a server (${new URL(url).host}): restore it with its own means. Then write \`insert into copies (taken_at) values (…)\` with the time of the backup in milliseconds, so that the next start compares everything since.`)
  const line = createLine()
  try {
    const { takenAt, replaced } = await restoreFile(url, resolve(from), stampOf(new Date()), (done, total) => line.show(bytesLine(done, total)))
    line.end()
    if (replaced) say(`What stood there is kept as ${replaced}.`)
    say(`Restored as of ${new Date(takenAt).toISOString()}. Start the server: before it takes or records any money, it looks for all that happened since at the payment provider and in QuickBooks.`)
    return 0
  } catch (error) {
    line.end()
    throw error instanceof CopyError ? new Error(`${resolve(from)} was not restored. ${error.message} Nothing was changed.`, { cause: error }) : error
  }
})

function stampOf(now: Date): string {
  return now.toISOString().replace(/[-:]/g, '').slice(0, 15)
}
