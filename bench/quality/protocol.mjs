// The protocol: fit on the first trainRows, score every row, evaluate the rest at a threshold that never saw a label.
import { createRandom } from '../../dist/core/random.js'
import { evaluate } from '../../dist/evaluate/index.js'
import { quantile } from '../../dist/stats/index.js'
import { falseAlarmFigures } from './false-alarms.mjs'
import { peakMemoryMb, startMemoryPeak } from './memory.mjs'

/**
 * `standard`: every set of the folder; the threshold is the 0.999 quantile of the training scores.
 * `skab`: the leaderboard of the SKAB testbed: causal, counts pooled over the recordings; the threshold is the largest training score.
 * `false-alarms`: causal, series with a training part; levels from budgets of false alarms, counted on what is normal.
 */
export const PROTOCOLS = {
  standard: { causal: false, figures: metricsAt(0.999), takes: () => true },
  skab: { causal: true, figures: metricsAt(1), takes: ({ dataset }) => dataset === 'SKAB' },
  'false-alarms': { causal: true, figures: alarms, takes: ({ trainRows }) => trainRows > 0 },
}

/** One row of results: a detector on a series. */
export async function evaluateDetector(series, name, detector, { protocol, causal, seed, eventLength }) {
  const { dataset, rows, dims, trainRows, vusWindow, values, timeMs } = series
  const train = trainRows > 0 ? values.subarray(0, trainRows * dims) : values
  startMemoryPeak()
  const started = performance.now()
  const answer = await detector(train, values, {
    dims,
    timeMs,
    causal,
    seed: createRandom(seed)
      .fork(`${dataset}/${series.name}`)
      .integer(2 ** 31),
    window: eventLength ?? vusWindow,
    eventLength,
    dataset,
    name: series.name,
    runSeed: seed,
  })
  const ownSeconds = (performance.now() - started) / 1000
  const {
    scores,
    calibration,
    threshold,
    seconds = ownSeconds,
    peakMemoryMb: memory = peakMemoryMb(),
  } = ArrayBuffer.isView(answer) ? { scores: answer } : answer
  if (scores.length !== rows) throw new Error(`${scores.length} scores for ${rows} rows`)
  return {
    protocol,
    dataset,
    name: series.name,
    detector: name,
    causal,
    seed,
    eventLength,
    rows,
    dims,
    trainRows,
    vusWindow,
    ...PROTOCOLS[protocol].figures(series, scores, { calibration, threshold }),
    seconds,
    peakMemoryMb: memory,
  }
}

/** Scores of held-back training rows; without them of all training rows, and of all rows where there is no training part. */
function knownScores({ trainRows, rows }, scores, calibration) {
  return calibration ?? scores.subarray(0, trainRows > 0 ? trainRows : rows)
}

/** Every metric on the test rows, at a quantile of the known scores unless the detector has a threshold of its own. */
function metricsAt(share) {
  return (series, scores, { calibration, threshold }) => {
    const { trainRows, labels, stepMs, vusWindow } = series
    const level = threshold ?? quantile(knownScores(series, scores, calibration), share)
    if (Number.isNaN(level)) throw new Error('no training sample was scored, so there is no threshold')
    return evaluate({
      scores: scores.subarray(trainRows),
      labels: labels.subarray(trainRows),
      threshold: level,
      stepMs,
      options: { buffer: vusWindow, inflated: true },
    })
  }
}

function alarms(series, scores, { calibration }) {
  return falseAlarmFigures(series, scores, knownScores(series, scores, calibration))
}
