// Validation beside reading the same CSV file: `npm run bench:validate [-- --rows 1000000 --channels 9 --rounds 3]`.
// Both in one process, taken in turn; the best of each counts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable } from '../dist/ingest/index.js'
import { suggest, validateFrame } from '../dist/validate/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { writeTable } from './tables.mjs'

const options = {
  rows: { type: 'string', default: '1000000' },
  channels: { type: 'string', default: '9' },
  rounds: { type: 'string', default: '3' },
}
const { rows, channels, rounds } = Object.fromEntries(
  Object.entries(readArguments(import.meta, options).values).map(([key, value]) => [key, Number(value)]),
)

const folder = mkdtempSync(join(tmpdir(), 'telltale-validate-'))
try {
  const file = join(folder, 'table.csv')
  const bytes = writeTable(file, rows, channels)
  const times = { read: [], moderate: [], strict: [], suggest: [] }
  const timed = async (name, work) => {
    const started = performance.now()
    const result = await work()
    times[name].push((performance.now() - started) / 1000)
    return result
  }
  for (let round = 0; round < rounds; round++) {
    const { frame } = await timed('read', () => readTable(file))
    const { health } = await timed('moderate', () => validateFrame(frame))
    await timed('strict', () => validateFrame(frame, { validationLevel: 'strict' }))
    await timed('suggest', () => suggest(frame, health))
  }
  const read = Math.min(...times.read)
  console.log(`${rows} x ${channels}, ${(bytes / 1e6).toFixed(0)} MB of CSV, best of ${rounds}\n`)
  for (const [name, seconds] of Object.entries(times)) {
    const best = Math.min(...seconds)
    console.log(
      `${name.padEnd(10)} ${best.toFixed(2).padStart(7)} s ${(best / read).toFixed(2).padStart(7)} x the read`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
