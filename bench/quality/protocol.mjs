// The protocol: fit on the first trainRows, score every row, judge the rest at a threshold that never saw a label.
import { createRandom } from '../../dist/core/random.js'
import { evaluate } from '../../dist/evaluate/index.js'
import { quantile } from '../../dist/stats/index.js'
import { peakMemoryMb, startMemoryPeak } from './memory.mjs'

/**
 * `standard`: every set of the folder; the threshold is the 0.999 quantile of the training scores.
 * `skab`: the leaderboard of the SKAB testbed: causal, counts pooled over the recordings; the threshold is the largest training score.
 */
export const PROTOCOLS = {
  standard: { quantile: 0.999, takes: () => true },
  skab: { quantile: 1, takes: ({ dataset }) => dataset === 'SKAB' },
}

/** One row of results: a detector on a series. */
export async function judge(series, name, detector, { protocol, causal, seed }) {
  const { dataset, rows, dims, trainRows, vusWindow, values, labels, stepMs } = series
  const train = trainRows > 0 ? values.subarray(0, trainRows * dims) : values
  startMemoryPeak()
  const started = performance.now()
  const answer = await detector(train, values, {
    dims,
    causal,
    seed: createRandom(seed)
      .fork(`${dataset}/${series.name}`)
      .integer(2 ** 31),
    window: vusWindow,
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
  const known = calibration ?? scores.subarray(0, trainRows > 0 ? trainRows : rows)
  const level = threshold ?? quantile(known, PROTOCOLS[protocol].quantile)
  if (Number.isNaN(level)) throw new Error('no training sample was scored, so there is no threshold')
  const { metrics, reasons, ...counts } = evaluate({
    scores: scores.subarray(trainRows),
    labels: labels.subarray(trainRows),
    threshold: level,
    stepMs,
    options: { buffer: vusWindow, inflated: true },
  })
  return {
    protocol,
    dataset,
    name: series.name,
    detector: name,
    causal,
    seed,
    rows,
    dims,
    trainRows,
    vusWindow,
    ...counts,
    metrics,
    reasons,
    seconds,
    peakMemoryMb: memory,
  }
}
