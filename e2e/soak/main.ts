import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readTyped } from '../../api/config.ts'
import { pageOf } from './page.ts'
import { soak } from './soak.ts'
import { judge } from './verdict.ts'

const docs = resolve(import.meta.dirname, '../../docs')

try {
  const { hours = '8', plant } = readTyped({ hours: { type: 'string' }, plant: { type: 'string' } }, 'Usage: npm run soak -- [--hours 8] [--plant memory|handles]')
  if (!/^\d+$/.test(hours) || Number(hours) < 1) throw new Error(`--hours is a whole number, not ${hours}`)
  if (plant !== undefined && plant !== 'memory' && plant !== 'handles') throw new Error(`--plant is memory or handles, not ${plant}`)
  const began = Date.now()
  const soaked = await soak({
    hours: Number(hours), ...(plant ? { plant } : {}),
    onSample: ({ hour, rss, files, sockets, wal, lagP99 }) => {
      const left = Math.round(((Date.now() - began) / 1000 / hour) * (Number(hours) - hour))
      process.stderr.write(`\r${hour.toFixed(1)} of ${hours} hours · ${(rss / 1024 / 1024).toFixed(0)} MB · ${files} files, ${sockets} sockets · log ${(wal / 1024 / 1024).toFixed(1)} MB · loop p99 ${(lagP99 * 1000).toFixed(1)} ms · ${left} s left   `)
    },
  })
  process.stderr.write('\n')
  const rows = judge(soaked.samples)
  const page = pageOf(soaked, rows)
  console.log(page)
  // A planted bug and a short run are no figures to show.
  if (!plant && Number(hours) >= 8) {
    writeFileSync(join(docs, 'soak.json'), `${JSON.stringify(soaked)}\n`)
    writeFileSync(join(docs, 'soak.md'), page)
  }
  process.exitCode = rows.every(row => row.met) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
