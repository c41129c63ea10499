// Simulated plants without faults, and cheap detectors that score them: the data that expected alarm rates are checked on.
import { generatePlant } from '../../dist/simulate/index.js'
import { mean, standardDeviation } from '../../dist/stats/index.js'

const CADENCE_SECONDS = 60
export const SAMPLES_PER_DAY = 86_400 / CADENCE_SECONDS

const column = ({ values, channels }, c) =>
  Float64Array.from({ length: values.length / channels.length }, (_, i) => values[i * channels.length + c])

/** Channels of a plant, each over the whole time: `trainDays` to fit a detector, then time to calibrate, then as much time again to count alarms. */
export function plantColumns(seed, days, channels = 6) {
  const rows = days * SAMPLES_PER_DAY
  const { train, test } = generatePlant({ rows, channels, seed, cadenceSeconds: CADENCE_SECONDS, faults: 0 })
  return train.channels.map((_, c) => {
    const whole = new Float64Array(2 * rows)
    whole.set(column(train, c))
    whole.set(column(test, c), rows)
    return whole
  })
}

/** Squared errors of each channel over their mean in the first `fit` samples, averaged over the channels. */
function meanSquare(errors, fit) {
  const score = new Float32Array(errors[0].length)
  for (const error of errors) {
    const variance = mean(error.subarray(0, fit).map(value => value * value))
    for (let i = 0; i < score.length; i++) score[i] += (error[i] * error[i]) / variance / errors.length
  }
  return score
}

/** Mean of the last `width` scores. */
function smooth(score, width) {
  const out = new Float32Array(score.length)
  let sum = 0
  for (let i = 0; i < score.length; i++) {
    sum += score[i] - (i >= width ? score[i - width] : 0)
    out[i] = sum / Math.min(width, i + 1)
  }
  return out
}

/** Error of the best linear forecast of a channel from its last `order` readings. */
function forecastError(x, order, fit) {
  const centre = mean(x.subarray(0, fit))
  const autocovariance = Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0
    for (let i = lag; i < fit; i++) sum += (x[i] - centre) * (x[i - lag] - centre)
    return sum
  })
  const weights = levinson(autocovariance)
  return x.map((value, i) =>
    i < order ? 0 : value - centre - weights.reduce((sum, w, k) => sum + w * (x[i - 1 - k] - centre), 0),
  )
}

/** Weights of the linear forecast with these autocovariances (Levinson 1947, Durbin 1960). */
function levinson(autocovariance) {
  let weights = []
  let error = autocovariance[0]
  for (let order = 1; order < autocovariance.length; order++) {
    const explained = weights.reduce((sum, w, k) => sum + w * autocovariance[order - 1 - k], 0)
    const last = (autocovariance[order] - explained) / error
    weights = [...weights.map((w, k) => w - last * weights[order - 2 - k]), last]
    error *= 1 - last * last
  }
  return weights
}

/** Name -> scores `[N]` of a plant; only the first `fit` samples are learned from. */
export const DETECTORS = {
  forecast: (columns, fit) =>
    meanSquare(
      columns.map(x => forecastError(x, 5, fit)),
      fit,
    ),
  'forecast, 30 min mean': (columns, fit) => smooth(DETECTORS.forecast(columns, fit), 30),
  z: (columns, fit) =>
    meanSquare(
      columns.map(x => {
        const reference = x.subarray(0, fit)
        const [centre, sd] = [mean(reference), standardDeviation(reference)]
        return x.map(value => (value - centre) / sd)
      }),
      fit,
    ),
}
