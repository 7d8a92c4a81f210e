import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { Metrics } from './metrics.ts'
import type { Gauge } from './registry.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

/** What this process takes of its machine, under the names that Prometheus' clients use. */
export async function measureProcess(metrics: Metrics): Promise<Gauge[]> {
  const { rss, heapUsed, heapTotal } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const delay = metrics.loopDelay()
  const handles = await openHandles()
  return [
    { name: 'process_resident_memory_bytes', help: 'Resident memory.', samples: [{ value: rss }] },
    { name: 'nodejs_heap_size_used_bytes', help: 'Heap in use.', samples: [{ value: heapUsed }] },
    { name: 'nodejs_heap_size_total_bytes', help: 'Heap that is taken.', samples: [{ value: heapTotal }] },
    { name: 'process_cpu_seconds_total', help: 'Processor time used.', type: 'counter', samples: [{ value: (user + system) / 1e6 }] },
    { name: 'process_start_time_seconds', help: 'When the process began.', samples: [{ value: Math.round(performance.timeOrigin) / 1000 }] },
    ...(handles === null ? [] : [{ name: 'process_open_fds', help: 'Open files and sockets.', samples: [{ value: handles }] }]),
    { name: 'nodejs_eventloop_lag_p50_seconds', help: 'How late the event loop was since the last scrape, median.', samples: [{ value: delay.p50 }] },
    { name: 'nodejs_eventloop_lag_p99_seconds', help: 'The same, 99th percentile.', samples: [{ value: delay.p99 }] },
    { name: 'nodejs_eventloop_lag_max_seconds', help: 'The same, worst.', samples: [{ value: delay.max }] },
    { name: 'quittance_build_info', help: 'What is running.', samples: [{ labels: { version, node: process.version }, value: 1 }] },
  ]
}

/** Files and sockets that this process has open; null where the system does not say. */
async function openHandles(): Promise<number | null> {
  return readdir('/proc/self/fd').then(names => names.length, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
