// The protocol: fit on the first trainRows, score every row, judge the rest, with a threshold that never saw a label.

import { createRandom } from '../../dist/core/random.js'
import { vus } from '../../dist/evaluate/index.js'
import { peakMemoryMb, startMemoryPeak } from './memory.mjs'

/** One row of results: a detector on a series. */
export async function judge(series, name, detector, { causal, seed }) {
  const { dataset, rows, dims, trainRows, vusWindow, values, labels } = series
  const train = trainRows > 0 ? values.subarray(0, trainRows * dims) : values
  startMemoryPeak()
  const started = performance.now()
  const found = await detector(train, values, {
    dims,
    causal,
    seed: createRandom(seed)
      .fork(`${dataset}/${series.name}`)
      .integer(2 ** 31),
    window: vusWindow,
  })
  const seconds = (performance.now() - started) / 1000
  const scores = found.scores ?? found
  if (scores.length !== rows)
    throw new Error(`${name} gave ${scores.length} scores for ${rows} rows of ${dataset}/${series.name}`)
  const { pr, roc } = vus(scores.subarray(trainRows), labels.subarray(trainRows), { buffer: vusWindow })
  return {
    dataset,
    name: series.name,
    detector: name,
    causal,
    seed,
    rows,
    dims,
    trainRows,
    metrics: { 'vus-pr': pr.value, 'vus-roc': roc.value },
    seconds,
    peakMemoryMb: peakMemoryMb(),
  }
}
