import { createError } from '../../core/errors.js'
import { createRandom } from '../../core/random.js'
import { confidenceIntervals, evaluate, intervalsOf } from '../../evaluate/index.js'
import type { EvaluateModelSettings } from '../../pipeline/index.js'
import { LEADING_METRICS, LEAST_EVENTS } from '../../pipeline/index.js'
import type { EvaluationResult } from '../contract/index.js'
import { labelsIn, type MarkedInterval } from '../scoring/marked.js'
import type { Keep } from './keep.js'
import type { Range } from './range.js'
import type { DeviceRecord } from './records.js'

const MOST_SAMPLES = 1_000_000

/**
 * What a device raised, against the intervals that were anomalous: the scores that its stream gave at the time, and its alarms, those that feedback silenced left out.
 *
 * @param intervals default: the events that feedback confirmed
 * @throws `request-invalid` without samples in the range, or without anything to compare with
 */
export async function evaluateDevice(
  keep: Keep,
  device: DeviceRecord,
  { fromMs, toMs }: Range,
  intervals: readonly MarkedInterval[] | undefined,
  { metrics, resamples, seed }: EvaluateModelSettings,
): Promise<EvaluationResult> {
  const events = await keep.eventRows('where device = $1 and end_ms >= $2 and start_ms < $3', [
    device.id,
    fromMs,
    toMs,
  ])
  const samples = await keep.database.rows(
    'select time_ms, score from samples where device = $1 and time_ms >= $2 and time_ms < $3 order by time_ms limit $4',
    [device.id, fromMs, toMs, MOST_SAMPLES],
  )
  if (samples.length === 0)
    throw createError('request-invalid', { where: 'body', reason: 'is about a range without samples' })
  const timeMs = Float64Array.from(samples, row => row.time_ms as number)
  const truth =
    intervals ?? events.filter(({ feedback }) => feedback?.verdict === 'confirmed').map(intervalOf)
  if (truth.length === 0)
    throw createError('request-invalid', {
      where: 'body/intervals',
      reason: 'are needed: no event of the range is confirmed',
    })
  const raised = events.filter(
    ({ matches, feedback }) => matches === null && (feedback === null || feedback.verdict === 'confirmed'),
  )
  const given = {
    labels: labelsIn({ timeMs }, truth),
    scores: Float64Array.from(samples, row => (row.score as number | null) ?? Number.NaN),
    alarms:
      raised.length === 0 ? new Uint8Array(timeMs.length) : labelsIn({ timeMs }, raised.map(intervalOf)),
    threshold: 1,
    ...(device.cadenceMs !== null && { stepMs: device.cadenceMs }),
    options: metrics,
  }
  const hasIntervals = resamples > 0 && intervalsOf(given.labels).length >= LEAST_EVENTS
  const drawn = hasIntervals
    ? confidenceIntervals(given, LEADING_METRICS, { resamples, level: 0.95 }, createRandom(seed))
    : Object.fromEntries(LEADING_METRICS.map(metric => [metric, null]))
  return {
    model: device.model,
    rows: [
      { name: 'stream', evaluation: evaluate(given), intervals: drawn },
    ] as unknown as EvaluationResult['rows'],
    sweep: [],
  }
}

const intervalOf = ({
  startMs,
  endMs,
}: {
  readonly startMs: number
  readonly endMs: number
}): MarkedInterval => ({
  fromMs: startMs,
  toMs: endMs,
})
