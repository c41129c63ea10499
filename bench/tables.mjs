// Tables of synthetic readings for measurements.
import { closeSync, openSync, writeSync } from 'node:fs'

const MINUTE = 60_000
const ROWS_AT_ONCE = 10_000

/** Writes `time` and `channels` columns c0, c1, ... of noisy sines as CSV; readings have three decimals. Returns the size in bytes. */
export function writeTable(file, rows, channels) {
  let state = 1
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const handle = openSync(file, 'w')
  const names = Array.from({ length: channels }, (_, c) => `c${c}`)
  let size = writeSync(handle, `time,${names.join()}\n`)
  for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
    let text = ''
    for (let i = start; i < Math.min(rows, start + ROWS_AT_ONCE); i++) {
      text += new Date(Date.UTC(2024, 0, 1) + i * MINUTE).toISOString()
      for (let c = 0; c < channels; c++) text += `,${(10 * Math.sin(i / 229 + c) + uniform()).toFixed(3)}`
      text += '\n'
    }
    size += writeSync(handle, text)
  }
  closeSync(handle)
  return size
}
