import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export type InstalledChromium = {
  executablePath: string
  /** What the browser needs in its environment: its libraries and fonts, where the machine has none. */
  env: Record<string, string>
}

const unpackTimeoutMs = 120_000

/**
 * Where the browser is: `CHROME_PATH`, or the Chromium that npm brought, unpacked once into `node_modules/.cache`.
 * Nothing is downloaded. Throws when `CHROME_PATH` names no file or the unpacking fails.
 */
export async function installChromium(): Promise<InstalledChromium> {
  const own = process.env['CHROME_PATH']
  if (own) {
    if (!existsSync(own)) throw new Error(`CHROME_PATH names ${own}, where there is no file. Correct it, or unset it to use the Chromium from npm.`)
    return { executablePath: own, env: {} }
  }
  const packageFolder = dirname(dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))))
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
  const cache = join(packageFolder, '..', '..', '.cache')
  const folder = join(cache, `chromium-${version}`)
  if (!existsSync(folder)) await unpack(cache, folder)
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], join(folder, 'al2023', 'lib')].filter(Boolean).join(':'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

/** Several workers may unpack at once: each into a folder of its own, and the first to finish gives it its name. */
async function unpack(cache: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const own = await mkdtemp(join(cache, 'chromium-'))
  // The package unpacks into the temporary folder, and adds the libraries of a bare machine only where it believes itself on Lambda.
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', `import chromium from '@sparticuz/chromium'; await chromium.executablePath()`],
    { cwd: dirname(dirname(cache)), timeout: unpackTimeoutMs, env: { ...process.env, TMPDIR: own, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' } },
  )
  await writeFile(join(own, 'fonts.conf'), fontsOf(folder))
  try {
    await rename(own, folder)
  } catch (error) {
    if (!existsSync(join(folder, 'chromium'))) throw error
    await rm(own, { recursive: true })
  }
}

/** The machine's fonts, where it has any, and the one that came with the browser. */
function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, 'fonts', 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts', 'cache')}</cachedir>
</fontconfig>
`
}
