import { copyFileSync, createReadStream, createWriteStream, existsSync, linkSync, renameSync, statSync } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { LibsqlError } from '@libsql/client'
import { filePath, holdFile } from './client.ts'
import { CopyError, dropPartial, partialOf, putInPlace, readyCopy } from './copy.ts'
import { openFile } from './embedded.ts'

export type Restored = { takenAt: number; /** Where the file is that stood there before; null where none did. */ replaced: string | null }

/**
 * Puts a backup in the database's place while nobody has it open. The backup is checked before anything is touched, and what it replaces is kept beside it.
 * Throws an Error with a sentence where the file is in use, and a CopyError where the backup is not sound.
 * @param stamp goes into the name of the file that is kept.
 */
export async function restoreFile(url: string, from: string, stamp: string, onBytes: (done: number, total: number) => void): Promise<Restored> {
  const path = filePath(url)
  if (!existsSync(from)) throw new CopyError('There is no such file.')
  const release = await holdFile(path)
  try {
    await copyBeside(from, path, onBytes)
    const takenAt = await readyCopy(path)
    const replaced = existsSync(path) ? await keep(path, `${path}.replaced-${stamp}`) : null
    putInPlace(partialOf(path), path)
    return { takenAt, replaced }
  } catch (error) {
    dropPartial(path)
    throw error
  } finally {
    await release()
  }
}

async function copyBeside(from: string, path: string, onBytes: (done: number, total: number) => void): Promise<void> {
  const total = statSync(from).size
  let done = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length
      onBytes(done, total)
      next(null, chunk)
    },
  })
  await pipeline(createReadStream(from), counted, createWriteStream(partialOf(path), { mode: 0o600 }))
  // A file that was copied by hand may have its newest rows in the log beside it.
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${partialOf(path)}-wal`)
}

/** Gives the file a second name, so that there is no moment without a database. What it has beside it must not meet the one that comes. */
async function keep(path: string, name: string): Promise<string> {
  await fold(path)
  linkSync(path, name)
  for (const end of ['-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, name + end)
  return name
}

/** Brings into the file itself what still lies in its log. A file that is too damaged for that keeps its log. */
async function fold(path: string): Promise<void> {
  const client = openFile(path)
  try {
    await client.execute('pragma wal_checkpoint(truncate)')
  } catch (error) {
    // It may be the damage for which it is replaced.
    if (!(error instanceof LibsqlError)) throw error
  } finally {
    await client.close()
  }
}
