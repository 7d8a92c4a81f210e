// What `npm start`, `npm test` and `npm run check` do first: install what is missing, then build the widget when it is older than its sources.
// Plain JavaScript, because it runs on the machine's own Node before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.installed')
const nodeMajor = 24

ensureInstalled()
ensureNode()
// `npm run check` builds as one of its checks, so that a broken build does not keep the others from being made.
if (!process.argv.includes('--install-only')) ensureBuilt()

function ensureInstalled() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const hash = createHash('sha256').update(lock).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  const wanted = JSON.parse(lock.toString())
  if (!holds(wanted)) {
    const reason = existsSync(join(root, 'node_modules')) ? 'The installed packages are not those of package-lock.json. ' : ''
    say(`${reason}Installing ${Object.keys(wanted.packages).length - 1} packages. This happens once.`)
    const startedAt = performance.now()
    run('npm ci', npm(), ['ci', '--include=dev', '--no-audit', '--no-fund'], 'Is the npm registry reachable from here?')
    say(`Installed in ${Math.round((performance.now() - startedAt) / 1000)} s.`)
  }
  writeFileSync(stamp, hash)
}

/** Whether node_modules holds every package of the lock file, as npm itself recorded it after its last install. */
function holds(lock) {
  const recorded = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(recorded)) return false
  const installed = JSON.parse(readFileSync(recorded, 'utf8')).packages
  return Object.entries(lock.packages).every(([path, wanted]) => {
    const there = installed[path]
    // A package for another kind of machine is optional and rightly absent.
    return path === '' || (there ? there.integrity === wanted.integrity && there.version === wanted.version : wanted.optional === true)
  })
}

/** The scripts run on the Node that npm brings; the machine's own may be older. */
function ensureNode() {
  if (nodeVersion()?.startsWith(`v${nodeMajor}.`)) return
  say(`The package "node" brought no Node ${nodeMajor} yet: asking npm to finish its installation.`)
  run('npm rebuild node', npm(), ['rebuild', 'node', '--ignore-scripts=false'], 'Its install script must be allowed to run: npm config set ignore-scripts false')
  const version = nodeVersion()
  if (!version?.startsWith(`v${nodeMajor}.`)) {
    stop(`Node ${nodeMajor} is needed, and node_modules/.bin/node is ${version ?? 'missing'}. Delete node_modules and run this again, or install Node ${nodeMajor} on this machine.`)
  }
}

function nodeVersion() {
  const asked = spawnSync(join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'), ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return asked.status === 0 ? asked.stdout.trim() : undefined
}

function ensureBuilt() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  if (!scripts.build) return
  const built = join(root, 'widget', 'dist', '.built')
  const sources = ['widget', 'api/domain', 'db/values.ts', 'package-lock.json', 'vite.config.ts', 'tsconfig.json']
  if (existsSync(built) && sources.every(source => newest(join(root, source)) < statSync(built).mtimeMs)) return
  say('Building the widget.')
  run('npm run build', npm(), ['run', 'build'], 'Its messages stand above.')
  writeFileSync(built, '')
}

/** The latest change of a file, or of a folder and everything in it, in epoch milliseconds. */
function newest(path) {
  const at = statSync(path)
  if (!at.isDirectory()) return at.mtimeMs
  const inside = readdirSync(path).filter(name => !(name === 'dist' && path === join(root, 'widget')) && !/[.]test[.]tsx?$/.test(name))
  // A folder's own time changes when a file goes away; widget/ is left out, since building makes widget/dist in it.
  return Math.max(path === join(root, 'widget') ? 0 : at.mtimeMs, ...inside.map(name => newest(join(path, name))))
}

/** npm as it was called; its Node is the machine's own, so that `npm ci` may replace the one in node_modules. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  return script && node ? [node, script] : ['npm']
}

function run(name, [command, ...first], args, advice) {
  const done = spawnSync(command, [...first, ...args], { cwd: root, stdio: 'inherit' })
  if (done.error) stop(`${name} could not be started: ${done.error.message}`)
  if (done.status !== 0) stop(`${name} failed. ${advice}`)
}

function say(sentence) {
  console.log(sentence)
}

function stop(sentence) {
  console.error(`\n${sentence}`)
  process.exit(1)
}
