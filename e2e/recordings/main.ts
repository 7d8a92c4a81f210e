import { parseArgs } from 'node:util'
import { compareAnswers, compareRows } from './answers.ts'
import { explained } from './differences.ts'
import { compareFaults } from './faultRows.ts'
import { openRecordings } from './folder.ts'
import { compareOAuth, compareWebhooks } from './identity.ts'
import { judge } from './judge.ts'
import { replayExchanges } from './replay.ts'
import { compareSamples } from './samples.ts'

const folder = parseArgs({ allowPositionals: true }).positionals[0]
if (folder === undefined) {
  console.error('Say where the recordings are: npm run recordings -- FOLDER')
  process.exit(2)
}
process.on('uncaughtException', error => {
  console.error(error.message)
  process.exit(2)
})
const recordings = openRecordings(folder)
const tell = (line: string) => console.log(line)
const parts = {
  'Recorded exchanges': () => replayExchanges(recordings, tell),
  'Recorded faults': () => compareFaults(recordings),
  'Recorded answers': () => compareAnswers(recordings),
  'Recorded rows': () => compareRows(recordings, tell),
  "Samples of Intuit's reference": () => compareSamples(recordings, tell),
  OAuth: () => compareOAuth(recordings),
  Webhooks: () => compareWebhooks(recordings),
}
const differences = []
for (const [title, compare] of Object.entries(parts)) {
  tell(title)
  const found = await compare()
  tell(`  ${found.length} differences`)
  differences.push(...found)
}
process.exitCode = judge(differences, explained, tell) ? 0 : 1
