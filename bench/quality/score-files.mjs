// Scores that another program has written, as detectors (peers/quality_peers.py writes such a folder):
//
//   DIR/<detector>/<dataset>/<series>.f32   float32, little-endian, one for each row; higher = more anomalous, NaN = not scored
//   DIR/<detector>/<dataset>/<series>.json  { seconds, peakMemoryMb, seed, causal }
//
// Each is there twice: as it is, and as `<detector>+kernel`, smoothed like telltale's own detectors.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { smoother } from '../../dist/detect/index.js'

/** Scale of the kernel in windows of the series: that of `auto`. */
const BANDWIDTH = 0.35

/** @param folder undefined: there are none */
export function scoreFileDetectors(folder) {
  if (folder === undefined) return {}
  const names = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())
  return Object.fromEntries(
    names.flatMap(({ name }) => {
      const detector = readScores(join(folder, name))
      return [
        [name, detector],
        [`${name}+kernel`, smoothed(detector)],
      ]
    }),
  )
}

function readScores(folder) {
  return async (_train, _all, { dataset, name, runSeed, causal }) => {
    const base = join(folder, dataset, name)
    if (!existsSync(`${base}.json`)) throw new Error(`${base}.json is missing: this series was not scored`)
    const facts = JSON.parse(readFileSync(`${base}.json`, 'utf8'))
    if (facts.seed !== runSeed) throw new Error(`${base}.json is of seed ${facts.seed}, not ${runSeed}`)
    if (causal && !facts.causal) throw new Error(`${base}.json is of scores that look ahead`)
    const bytes = readFileSync(`${base}.f32`)
    const scores = new Float32Array(bytes.length >> 2)
    for (let i = 0; i < scores.length; i++) scores[i] = bytes.readFloatLE(4 * i)
    return { scores, seconds: facts.seconds, peakMemoryMb: facts.peakMemoryMb }
  }
}

function smoothed(detector) {
  return async (train, all, options) => {
    const { scores, ...facts } = await detector(train, all, options)
    const rows = Float64Array.from(scores)
    const smooth = new Float64Array(rows.length)
    const { causal, window } = options
    smoother({ bandwidth: BANDWIDTH * window, alignment: causal ? 'causal' : 'two-sided' }).apply(
      rows,
      1,
      { start: 0, end: rows.length },
      smooth,
    )
    return { scores: Float32Array.from(smooth), ...facts }
  }
}
