// Online detection of drift on generated series: values between two false alarms, and delays of shifts, by test and autocorrelation.
// node bench/watch.mjs [--seeds 20] [--samples 100000] [--run-length 1000]
import { createRandom } from '../dist/doors/stats.js'
import { createWatch, describeSeries, WATCH_METHODS, watchBlock } from '../dist/drift/index.js'
import { readArguments } from '../scripts/arguments.mjs'

const { values } = readArguments(import.meta, {
  seeds: { type: 'string', default: '20' },
  samples: { type: 'string', default: '100000' },
  'run-length': { type: 'string', default: '1000' },
})
const [seeds, samples, runLength] = [values.seeds, values.samples, values['run-length']].map(Number)
const HISTORY = 20_000
const AFTER = 40_000
const KINDS = { independent: 0, 'autocorrelated (0.9)': 0.9, 'autocorrelated (0.99)': 0.99 }

/** Skewed as scores are; a shift is in standard deviations before the skew. */
function series(length, correlation, seed, shiftFrom = length, shift = 0) {
  const random = createRandom(seed)
  let state = random.normal()
  return Float64Array.from({ length }, (_, i) => {
    state = correlation * state + Math.sqrt(1 - correlation ** 2) * random.normal()
    return Math.exp(0.5 * (state + (i < shiftFrom ? 0 : shift)))
  })
}

const rows = []
for (const [kind, correlation] of Object.entries(KINDS))
  for (const method of WATCH_METHODS) {
    let [alarms, seen, block] = [0, 0, 0]
    const delays = { 0.5: [], 1: [] }
    for (let seed = 0; seed < seeds; seed++) {
      const all = series(HISTORY + samples, correlation, seed)
      const reference = describeSeries('score', all.slice(0, HISTORY))
      const own = { reference, block: watchBlock(reference), historySamples: HISTORY }
      block += own.block.samples / seeds
      const opened = (from, rules, of) => {
        const watch = createWatch([own], { method, coolDown: 200 * own.block.samples, ...rules })
        const at = []
        for (let i = from; i < of.length; i++)
          if (watch.push(i, [of[i]]).some(({ type }) => type === 'opened')) at.push(i)
        return at
      }
      alarms += opened(HISTORY, { runLength }, all).length
      seen += samples / own.block.samples
      for (const shift of [0.5, 1]) {
        const moved = series(2 * HISTORY + AFTER, correlation, seed, 2 * HISTORY, shift)
        const found = opened(HISTORY, { runLength: 10_000 }, moved).find(i => i >= 2 * HISTORY)
        if (found !== undefined) delays[shift].push(found - 2 * HISTORY)
      }
    }
    const delay = shift => {
      const sorted = delays[shift].sort((a, b) => a - b)
      return sorted.length === 0 ? 'none' : `${sorted[sorted.length >> 1]} (${sorted.length}/${seeds})`
    }
    rows.push({
      kind,
      method,
      'samples of a value': Math.round(block),
      values: Math.round(seen),
      'false alarms': alarms,
      expected: Number((seen / runLength).toFixed(1)),
      'delay 0.5 sd': delay(0.5),
      'delay 1 sd': delay(1),
    })
    console.error(JSON.stringify(rows.at(-1)))
  }
console.table(rows)
