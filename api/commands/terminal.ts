const barWidth = 30

/** A bar of a terminal, full at a share of 1. */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * barWidth)
  return `[${'█'.repeat(filled)}${'·'.repeat(barWidth - filled)}]`
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** One line that is written over as work goes on; where the output is no terminal, only its last state is written. */
export function createLine() {
  let shown = ''
  return {
    show: (text: string) => {
      if (text === shown) return
      shown = text
      if (process.stdout.isTTY) process.stdout.write(`\r\u001b[2K${text}`)
    },
    end: () => {
      if (shown) process.stdout.write(process.stdout.isTTY ? '\n' : `${shown}\n`)
      shown = ''
    },
  }
}

/** A share of a number of bytes, as a line. */
export function bytesLine(done: number, total: number): string {
  return `  ${bar(total === 0 ? 1 : done / total)} ${megabytes(done)} of ${megabytes(total)} MB`
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 1 })
}

/** Runs a command; what it throws is said as a sentence, and the exit code tells the shell. */
export async function run(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}
