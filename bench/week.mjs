// A week of a fleet in minutes: `telltale stream` with `--state` reads a sample a minute of each device, as fast as it takes them; prints its memory, open
// files and the size of its state at the end of each simulated day. Usage: node bench/week.mjs [devices] [days]; Linux only, because it reads /proc.
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '../scripts/arguments.mjs'
import { folder, line, processorSeconds, start, train } from './stream-program.mjs'

const [devices = 200, days = 7] = readArguments(import.meta, {}, [0, 2]).positionals.map(Number)
const MINUTES = 24 * 60
const CHANNELS = 8
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

const sizeOf = path => {
  const info = statSync(path, { throwIfNoEntry: false })
  if (info === undefined) return 0
  return info.isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : info.size
}

try {
  const state = join(folder, 'state')
  const model = await train('auto', CHANNELS, {}, 5000, 60_000)
  const stream = start(model, [
    '--map',
    'device=id',
    '--time-unit',
    'ms',
    '--max-ahead',
    '10000d',
    '--state',
    state,
  ])
  stream.stdout.resume()
  let last = ''
  stream.stderr.setEncoding('utf8').on('data', text => {
    last = text.trim().split('\n').at(-1)
  })
  const began = performance.now()
  const rows = []
  for (let day = 0; day < days; day++) {
    for (let minute = day * MINUTES; minute < (day + 1) * MINUTES; minute++) {
      const lines = Array.from({ length: devices }, (_, d) =>
        line(minute, CHANNELS, { id: `d${d}`, time: 1.7e12 + 60_000 * minute }),
      )
      if (!stream.stdin.write(`${lines.join('\n')}\n`)) await once(stream.stdin, 'drain')
    }
    await pause(1000)
    const [, rss] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${stream.pid}/status`, 'utf8'))
    rows.push({
      day: day + 1,
      'memory, MB': Math.round(rss / 1024),
      'open files': readdirSync(`/proc/${stream.pid}/fd`).length,
      'state, MB': Number((sizeOf(state) / 1e6).toFixed(1)),
      'processor, s': Math.round(processorSeconds(stream)),
    })
    console.error(JSON.stringify(rows.at(-1)))
  }
  stream.stdin.end()
  const [code] = await once(stream, 'close')
  console.table(rows)
  const total = (devices * days * MINUTES).toLocaleString('en')
  console.log(
    `${total} messages in ${((performance.now() - began) / 1000).toFixed(0)} s, exit code ${code}; ${last}`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
