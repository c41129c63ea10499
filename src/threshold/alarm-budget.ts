import type { EventCounting, FittedThreshold } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { DAY_MS } from '../core/milliseconds.js'
import type { Json, State } from '../core/state.js'
import { quantileOfSorted } from '../stats/index.js'
import { formatAlarmRate } from './alarm-rate.js'
import {
  type EventRateModel,
  eventRate,
  fitEventRate,
  type IntervalSetting,
  levelOfRate,
  plainCounting,
  rateInterval,
} from './event-rate.js'
import type { ExpectedAlarms } from './expected-alarms.js'
import { fixedThreshold, usableScores } from './fixed.js'
import { USUAL_CHANGE } from './operation-change.js'

/**
 * How scores become alarms, and the prediction interval: by default of as much time as the calibration has, with probability 0.95 and with
 * the change of operation that is usual on real machines.
 */
export interface AlarmSetting extends Partial<IntervalSetting> {
  /** Time between two scores of the device, ms. */
  readonly cadenceMs: number
  /** As for events: flagged intervals at most this many samples apart are one alarm. Default 5. */
  readonly mergeGap?: number
  /** As for events: shorter ones are dropped, samples. Default 1. */
  readonly minLength?: number
  /** Counts events by all their rules, see `eventCounting`. Default: by `mergeGap` and `minLength` alone. */
  readonly events?: EventCounting
  /** What the counting leaves out, as a text that follows "counted"; part of the warning. */
  readonly caveat?: string
}

export interface FittedAlarmThreshold extends FittedThreshold {
  readonly expectedAlarms: ExpectedAlarms
}

const KIND = 'threshold:alarm-budget'
/** Minimum expected alarms within the calibration, and minimum clusters, for a reliable rate (measured: bench/alarms). */
const FEWEST_ALARMS = 2
const FEWEST_CLUSTERS = 20
const MERGE_GAP = 5
/** Most of the normal time that a budget may leave above the level: more is one long alarm, not a few short ones. */
export const MOST_ABOVE = 0.03

/**
 * The level at which the normal data of one device raise `ratePerDay` alarms per day.
 *
 * Exceedances of a high level are joined into independent clusters, their peaks extrapolated by a generalised Pareto tail with what is uncertain
 * about it, and a level is chosen whose alarm rate is as likely above as below the asked one. Smooth scores have few separate peaks, so a large budget
 * would be met by a level in the middle of normal scores, which leaves the device in alarm: the level is at least the 97 % quantile, and the expected rate
 * says how many alarms that gives and the share of the time above it. Scores must be of held-back normal data, in
 * time order; NaN is time that was not scored. Errors: `data-calibration-short`. Cost O(n log n).
 * Sources: Davison and Smith 1990 (peaks over threshold), Ferro and Segers 2003 (clusters).
 *
 * @param ratePerDay > 0, see `parseAlarmRate`
 */
export function alarmBudgetThreshold(
  ratePerDay: number,
  setting: AlarmSetting,
): { fit(scores: ArrayLike<number>): FittedAlarmThreshold } {
  return {
    fit(scores) {
      const { sorted, counts } = usableScores(scores, 'an alarm budget')
      const model = fitEventRate(scores, DAY_MS / setting.cadenceMs, ratePerDay, countingOf(setting))
      const least = quantileOfSorted(sorted, 1 - MOST_ABOVE)
      const level = model ? Math.max(least, levelOfRate(model, ratePerDay)) : sorted[sorted.length - 1]
      const expectedAlarms = expectedAlarmsOf(model, level, sorted, setting, ratePerDay)
      const { cadenceMs, mergeGap = MERGE_GAP, minLength = 1 } = setting
      return alarmThreshold(level, expectedAlarms, { ratePerDay, cadenceMs, mergeGap, minLength, ...counts })
    },
  }
}

/**
 * The expected alarm rate of any level, estimated from held-back normal scores. Arguments and errors as for
 * `alarmBudgetThreshold`.
 *
 * @param level raw score that becomes 1.0
 */
export function estimateAlarms(
  scores: ArrayLike<number>,
  level: number,
  setting: AlarmSetting,
): ExpectedAlarms {
  const { sorted } = usableScores(scores, 'an expected alarm rate')
  const samplesPerDay = DAY_MS / setting.cadenceMs
  const counting = countingOf(setting)
  const observed = counting.count(scores, level) / (sorted.length / samplesPerDay)
  return expectedAlarmsOf(fitEventRate(scores, samplesPerDay, observed, counting), level, sorted, setting)
}

/** Restores what `fit` returned. In version 1 of the state the expected alarms are called `promise`. */
export function loadAlarmThreshold({ version, options }: State): FittedAlarmThreshold {
  const key = version === 1 ? 'promise' : 'expectedAlarms'
  const { level, [key]: expectedAlarms, ...rule } = options as Record<string, Json>
  return alarmThreshold(level as number, expectedAlarms as unknown as ExpectedAlarms, rule)
}

function alarmThreshold(
  level: number,
  expectedAlarms: ExpectedAlarms,
  rule: Record<string, Json>,
): FittedAlarmThreshold {
  return {
    ...fixedThreshold(KIND, level, { ...rule, expectedAlarms: { ...expectedAlarms } }, 2),
    expectedAlarms,
  }
}

function countingOf({ mergeGap = MERGE_GAP, minLength = 1, events }: AlarmSetting): EventCounting {
  return events ?? plainCounting(mergeGap, minLength)
}

function expectedAlarmsOf(
  model: EventRateModel | undefined,
  level: number,
  sorted: Float64Array,
  { cadenceMs, horizonDays, confidence = 0.95, operationChange = USUAL_CHANGE, caveat }: AlarmSetting,
  asked?: number,
): ExpectedAlarms {
  const spanDays = (sorted.length * cadenceMs) / DAY_MS
  const aboveShare = sorted.reduce((count, score) => count + (score > level ? 1 : 0), 0) / sorted.length
  const horizon = horizonDays ?? spanDays
  const clusters = model?.clusters ?? 0
  const supportedPerDay =
    (clusters < FEWEST_CLUSTERS ? Math.max(FEWEST_ALARMS, clusters) : FEWEST_ALARMS) / spanDays
  const expectedPerDay = model ? eventRate(model, level) : 0
  // Without an event the data only show that the rate is below -log(1 - confidence) in their time.
  const interval = model
    ? rateInterval(model, level, { horizonDays: horizon, confidence, operationChange })
    : { low: 0, high: -Math.log(1 - confidence) / spanDays }
  const warning = warningOf(
    asked ?? expectedPerDay,
    { expectedPerDay, supportedPerDay, spanDays, clusters, aboveShare },
    asked !== undefined,
  )
  const warnings = [warning, caveat === undefined ? null : `counted ${caveat}`].filter(text => text !== null)
  return {
    expectedPerDay,
    ...interval,
    horizonDays: horizon,
    confidence,
    spanDays,
    clusters,
    decisionsPerDay: model?.decisionsPerDay ?? 0,
    supportedPerDay,
    aboveShare,
    warning: warnings.length > 0 ? warnings.join('; ') : null,
  }
}

const inTwoDigits = (value: number) => Number(value.toPrecision(2))

function warningOf(
  rate: number,
  expectedAlarms: Pick<
    ExpectedAlarms,
    'expectedPerDay' | 'supportedPerDay' | 'spanDays' | 'clusters' | 'aboveShare'
  >,
  asked: boolean,
): string | null {
  const { clusters, supportedPerDay, expectedPerDay, aboveShare = 0 } = expectedAlarms
  const inAlarm = `${inTwoDigits(100 * aboveShare)} % of the normal time`
  const { spanDays } = expectedAlarms
  const evidence = `${inTwoDigits(spanDays)} days of calibration scores with ${clusters} separate ${clusters === 1 ? 'group' : 'groups'} of high scores`
  const needed = inTwoDigits((spanDays * supportedPerDay) / rate)
  if (clusters === 0)
    return `no level produces an event from the calibration scores: they do not vary or are too few for the event rules. ${evidence} are no evidence about false alarms`
  if (rate < supportedPerDay * (1 - 1e-9))
    return `${evidence} support estimates of ${formatAlarmRate(supportedPerDay, rate)} or more, not ${formatAlarmRate(rate)}: give about ${counted(needed, 'day')} of normal data to calibrate with, or treat the level as a rough estimate`
  if (asked && expectedPerDay < rate / 2)
    return `no level reaches ${formatAlarmRate(rate)} on ${evidence}: the maximum is ${formatAlarmRate(expectedPerDay, rate)}, in alarm for ${inAlarm} (a level that leaves more than 3 % in alarm is not taken)`
  if (!asked && aboveShare > MOST_ABOVE)
    return `the level keeps the device in alarm for ${inAlarm}: alarms are few because they are long`
  return null
}
