// npm run -s build && node bench/adaptation.mjs [--seeds 20] [--data DIR] [--causal]
// What thresholds per regime and adapting thresholds are worth: on a simulated machine with two speeds, and on a folder of labelled series
// (a MANIFEST.json as for bench/quality). docs/decisions/0009-regimes-and-adaptation.md has the reading.
import { createRandom } from '../dist/core/random.js'
import { evaluate } from '../dist/evaluate/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { chosenRegimes, levelByRegime } from '../dist/pipeline/train/regimes.js'
import { quantile } from '../dist/stats/index.js'
import { followLevel, quantileThreshold, rollingThreshold, spotThreshold } from '../dist/threshold/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { DETECTORS } from './quality/detectors.mjs'
import { readManifest, readSeries } from './quality/series.mjs'

const { values: given } = readArguments(import.meta, {
  seeds: { type: 'string', default: '20' },
  data: { type: 'string' },
  causal: { type: 'boolean', default: false },
})
const DAYS = 60
const STEP_MS = 300_000
const ROWS = (DAYS * 86_400_000) / STEP_MS

/** As test/pipeline/two-speeds.ts. */
function twoSpeeds(seed, startMs) {
  const random = createRandom(seed)
  const values = new Float64Array(ROWS * 4)
  let mode = 0
  for (let i = 0; i < ROWS; i++) {
    if (random.uniform() < 1 / 240) mode = 1 - mode
    values.set([mode, 10 + 8 * mode, 1 + 4 * mode, 3 + 5 * mode], 4 * i)
    for (let c = 1; c < 4; c++) values[4 * i + c] += [0.05, 0.5][mode] * random.normal()
  }
  const timeMs = Float64Array.from({ length: ROWS }, (_, i) => startMs + STEP_MS * i)
  return { timeMs, timeKind: 'utc', values, channels: ['mode', 'power', 'vibration', 'flow'] }
}

/** Vibration too high by ten times its noise in some idle hours. */
function withFaults(frame) {
  const values = frame.values.slice()
  const at = []
  for (let i = 200; i < ROWS; i++)
    if (values[4 * i] === 0 && i % 500 < 40) {
      values[4 * i + 2] += 0.5
      at.push(i)
    }
  return { frame: { ...frame, values }, at }
}

async function simulated(regimes, falseAlarms) {
  const seeds = Number(given.seeds)
  const options = { detector: 'pca-q', eventLength: 0, window: 12, workers: 1, regimes, falseAlarms }
  const row = { inside: 0, realised: 0, expected: 0, found: 0 }
  for (let seed = 1; seed <= seeds; seed++) {
    const model = await trainModel(twoSpeeds(10 + seed, 0), options)
    const { low, high, expectedPerDay } = model.info.calibration['two-sided'].expectedAlarms
    const live = twoSpeeds(1000 + seed, ROWS * STEP_MS)
    const { events } = await detect(model, live, { validationLevel: 'permissive' })
    const { frame, at } = withFaults(live)
    const { flag } = await detect(model, frame, { validationLevel: 'permissive' })
    const perDay = events.length / DAYS
    if (perDay >= low && perDay <= high) row.inside++
    row.realised += perDay
    row.expected += expectedPerDay
    row.found += at.filter(i => flag[i]).length / at.length / seeds
  }
  const ratio = (row.realised / row.expected).toFixed(2)
  return `| ${falseAlarms} | ${regimes} | ${row.inside} of ${seeds} | ${ratio} | ${(100 * row.found).toFixed(0)} % |`
}

console.log('| budget | regimes | inside the interval | realised / expected | faults in idling flagged |')
console.log('| --- | --- | --- | --- | --- |')
for (const budget of ['1/day', '1/week'])
  for (const regimes of ['off', 'auto', 'mode']) console.log(await simulated(regimes, budget))

const CALM = 30
const rolling = calibration => rollingThreshold(quantileThreshold(0.999)).fit(calibration)
const dspot = calibration => spotThreshold({ depth: 450, mergeGap: 5 }).fit(calibration)
/** Name -> threshold and how far it may move, as a share of the way from the median to it. */
const FOLLOWERS = {
  fixed: [rolling, 0],
  'a quarter of the way': [rolling, 0.25],
  'half the way': [rolling, 0.5],
  'all the way': [rolling, 1],
  'dspot, fixed': [dspot, 0],
  'dspot, a quarter of the way': [dspot, 0.25],
}

function followed(scores, calibration, [make, share]) {
  const threshold = make(calibration)
  const limit = Math.min(2, Math.max(1, (threshold.level / quantile(calibration, 0.5)) ** share))
  const follower = followLevel(threshold, { calm: CALM, limit })
  return scores.map(score => score / follower.next(score))
}

async function regimeRows(series, calibration, scores) {
  const { dims, trainRows, rows, values } = series
  const frame = n => ({
    timeMs: Float64Array.from({ length: n }, (_, i) => i),
    timeKind: 'index',
    values: values.subarray(0, n * dims),
    channels: Array.from({ length: dims }, (_, c) => `c${c}`),
  })
  const finder = await chosenRegimes(frame(trainRows), { regimes: 'auto', window: CALM, seed: 1 }, {})
  if (finder === undefined) return {}
  const level = always => levelByRegime(finder, [frame(trainRows)], calibration, { window: CALM, always })
  const plain = scores.map(score => score / quantile(calibration, 0.999))
  const always = level(true)
  const levelled = always.levels
    .normalise(scores, finder.online().push(frame(rows)))
    .map(score => score / quantile(always.scores, 0.999))
  return {
    'regimes: one threshold': plain,
    'regimes: if scores differ': level(false).levels ? levelled : plain,
    'regimes: always': levelled,
  }
}

if (given.data !== undefined) {
  const sums = new Map()
  for (const entry of readManifest(given.data)) {
    const { dataset, name, dims, trainRows, rows, vusWindow: window } = entry
    if (trainRows === 0 || trainRows >= rows) continue
    const series = readSeries(given.data, entry)
    const seed = createRandom(1)
      .fork(`${dataset}/${name}`)
      .integer(2 ** 31)
    const train = series.values.subarray(0, trainRows * dims)
    const { scores, calibration } = await DETECTORS.auto(train, series.values, {
      dims,
      causal: given.causal,
      seed,
      window,
    })
    if (calibration.length !== trainRows) continue
    const enough = calibration.filter(score => !Number.isNaN(score)).length >= 900
    const known = {
      ...(await regimeRows(series, calibration, scores)),
      ...(enough &&
        Object.fromEntries(
          Object.entries(FOLLOWERS).map(([label, rule]) => {
            const test = followed(scores.subarray(trainRows), calibration, rule)
            return [label, Float32Array.from([...new Float32Array(trainRows), ...test])]
          }),
        )),
    }
    for (const [label, published] of Object.entries(known)) {
      const { metrics } = evaluate({
        scores: published.subarray(trainRows),
        labels: series.labels.subarray(trainRows),
        threshold: 1,
        stepMs: 60_000,
        metrics: ['event-recall', 'false-alarms-per-day', 'f1', 'vus-pr'],
        options: { buffer: window },
      })
      sums.set(label, [...(sums.get(label) ?? []), metrics])
    }
    process.stderr.write(`${dataset}/${name}\n`)
  }
  const average = (list, key) => {
    const values = list.map(metrics => metrics[key]).filter(value => value !== null)
    return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(3)
  }
  console.log('\n| threshold | series | event recall | false alarms per 1,440 samples | F1 | VUS-PR |')
  console.log('| --- | --- | --- | --- | --- | --- |')
  for (const [label, list] of sums)
    console.log(
      `| ${label} | ${list.length} | ${average(list, 'event-recall')} | ${average(list, 'false-alarms-per-day')} | ${average(list, 'f1')} | ${average(list, 'vus-pr')} |`,
    )
}
