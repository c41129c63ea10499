import type { DriftAdvice } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { listNames } from '../core/list-names.js'
import type { ChannelDrift, DriftReport } from './check.js'
import { isDrift } from './level.js'
import type { DriftReference } from './reference.js'

/** What to do about a drift. */
export const DRIFT_VERDICTS = [
  'ok',
  'recalibrate',
  'retrain',
  'check sensor',
  'unknown',
] as const satisfies readonly DriftAdvice[]

export interface DriftVerdict {
  readonly verdict: DriftAdvice
  /** A sentence that says why. */
  readonly reason: string
  /** Channels that it is about; empty when it is about none. */
  readonly channels: readonly string[]
  /** Whether it is a drift: something changed that calls for an answer. Never of `ok`. */
  readonly drifted: boolean
}

/** A channel whose spread is below this share of that of the history is stuck. */
const STUCK = 0.02
/** Ratios of the spread beyond which a channel has another gain, unit or noise, and distances in standard deviations at which it is somewhere else. */
const SPREAD_RATIO = 2
export const FAR = 3
/** Channels that a reason names; `channels` has them all. */
const MOST_NAMED = 10
/** Most sensors that fail at once, as a share of all: more than that is the process. */
export const SENSOR_SHARE = 0.34

/**
 * What a drift calls for, by fixed rules in this order:
 *
 * 1. `check sensor`: at most a third of the channels changed, and one of them is absent for longer, stuck, spreads twice or half as much, or is 3 standard deviations away; or a single one
 *    of at least three changed, unless the model still expects its readings;
 * 2. `unknown`: no channel could be tested, or the scores changed or the errors grew and the channels that might say why could not be tested;
 * 3. `ok`: nothing changed, or channels did and the scores did not: the model covers it; errors that changed and did not grow are named;
 * 4. `retrain`: the errors of the model grew and no channel changed: how they go together has changed;
 * 5. `recalibrate`: the scores changed, and no channel did, or none by a large step, or the errors did not: the threshold is off;
 * 6. `retrain`: else: the normal state is another one.
 *
 * @param report of `checkDrift` with the same reference
 * @param residuals drift of the standardised errors, whose references are those of the calibration; undefined when they were not compared: whether the model fits is not known
 * @param score drift of the scores; undefined when they were not compared: then the channels decide
 */
export function driftVerdict(
  reference: DriftReference,
  report: DriftReport,
  score?: ChannelDrift,
  residuals?: DriftReport,
): DriftVerdict {
  const fits = fitOf(residuals)
  const changed = report.channels.filter(one => isDrift(one.level) || isDrift(one.missingLevel))
  const few = Math.max(1, Math.floor(SENSOR_SHARE * report.channels.length))
  const names = (channels: readonly ChannelDrift[]) => channels.map(({ channel }) => channel)
  if (changed.length > 0 && changed.length <= few) {
    const signs = signsOf(reference, changed)
    // One channel elsewhere whose readings the model still expects is the machine, not its sensor.
    const isAlone = changed.length === 1 && report.channels.length >= 3 && !fits?.follows(changed[0].channel)
    if (signs.length > 0 || isAlone) {
      const reason =
        signs.length > 0 ? signs.join('; ') : `${changed[0].channel} changed and no other channel did`
      return { verdict: 'check sensor', reason: `${reason}.`, channels: names(changed), drifted: true }
    }
  }
  const isScoreKnown = score !== undefined && score.level !== 'unknown'
  const hasScoreDrift = isScoreKnown && isDrift(score.level)
  if (changed.length === 0) return verdictOfErrors(reference, report, hasScoreDrift, fits)
  const list = listNames(names(changed), MOST_NAMED)
  const isWorse = fits !== undefined && fits.worse.length > 0
  const drifted = (verdict: DriftAdvice, reason: string): DriftVerdict => ({
    verdict,
    reason,
    channels: names(changed),
    drifted: true,
  })
  if (hasScoreDrift && fits?.isTested && !isWorse)
    return drifted(
      'recalibrate',
      `${list} changed, and the scores; the errors of the model did not: it follows the machine, and the threshold is off.`,
    )
  if (isScoreKnown && !hasScoreDrift) {
    const errors = isWorse ? `, and the errors of ${listNames(fits.worse, MOST_NAMED)}` : ''
    const reason = `${list} changed${errors}, and the scores did not: the model takes such readings as normal.`
    return { verdict: 'ok', reason, channels: names(changed), drifted: false }
  }
  if (changed.every(({ level, missingLevel }) => level !== 'large' && missingLevel !== 'large'))
    return drifted(
      hasScoreDrift ? 'recalibrate' : 'retrain',
      `The scores changed, and ${list} by a moderate step.`,
    )
  const count = `${changed.length} of ${counted(report.channels.length, 'channel')} changed (${list})`
  return drifted('retrain', `${count}${hasScoreDrift ? ', and the scores' : ''}.`)
}

/** Whether the model still fits, by the drift of its errors. */
function fitOf(residuals: DriftReport | undefined) {
  if (residuals === undefined) return undefined
  const levelOf = new Map(residuals.channels.map(one => [one.channel, one]))
  const others = residuals.channels.filter(({ level }) => isDrift(level))
  const isLarger = ({ meanShift }: ChannelDrift) => meanShift > 0
  return {
    /** Channels whose errors are larger than in the calibration. */
    worse: others.filter(isLarger).map(({ channel }) => channel),
    /** Channels whose errors differ from those of the calibration, and are no larger. */
    other: others.filter(one => !isLarger(one)).map(({ channel }) => channel),
    isTested: residuals.channels.every(({ level }) => level !== 'unknown'),
    /** Whether the errors of a channel are known to be as before. */
    follows: (channel: string) => levelOf.get(channel)?.level === 'none',
  }
}

/** Where no channel was found to have changed: by the errors and the scores. */
function verdictOfErrors(
  reference: DriftReference,
  report: DriftReport,
  hasScoreDrift: boolean,
  fits: ReturnType<typeof fitOf>,
): DriftVerdict {
  const { worse, other } = fits ?? { worse: [], other: [] }
  const untested = report.channels.filter(({ level }) => level === 'unknown')
  const isSome = untested.length > 0
  const lacks = `too few independent samples to test ${listNames(
    untested.map(({ channel }) => channel),
    MOST_NAMED,
  )}`
  const less = `the model fits ${listNames(worse, MOST_NAMED)} less than before`
  const drifted = hasScoreDrift || worse.length > 0
  if (isSome && (drifted || untested.length === report.channels.length)) {
    const reasons = [
      ...(hasScoreDrift ? ['the scores changed'] : []),
      ...(worse.length > 0 ? [less] : []),
      lacks,
      ...signsOf(reference, untested),
    ]
    const channels = untested.map(({ channel }) => channel)
    return {
      verdict: 'unknown',
      reason: `${capital(reasons.join('; '))}. Give more rows.`,
      channels,
      drifted,
    }
  }
  if (worse.length > 0) {
    const reason = `${capital(less)}, and no single channel differs from the history: how channels go together has changed.`
    return { verdict: 'retrain', reason, channels: worse, drifted }
  }
  if (hasScoreDrift)
    return { verdict: 'recalibrate', reason: 'The scores changed and no channel did.', channels: [], drifted }
  const same = isSome
    ? 'What could be tested does not differ from the history'
    : 'Nothing differs from the history'
  const differs = `${listNames(other, MOST_NAMED)}: the errors differ from those of the calibration, and are no larger: the model fits no worse`
  const reason = `${other.length > 0 ? differs : same}${isSome ? `; ${lacks}` : ''}.`
  return { verdict: 'ok', reason, channels: other, drifted }
}

const capital = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}`

/** What looks like faults of sensors, a text per channel. */
function signsOf(reference: DriftReference, channels: readonly ChannelDrift[]): string[] {
  return channels.flatMap(one => {
    const sign = sensorSign(reference, one)
    return sign === undefined ? [] : [`${one.channel} ${sign}`]
  })
}

/** What about a channel looks like a fault of its sensor, as the rest of a sentence. */
function sensorSign(reference: DriftReference, drift: ChannelDrift): string | undefined {
  const own = reference.channels.find(({ channel }) => channel === drift.channel)
  if (own === undefined) return undefined
  if (drift.missingLevel === 'large' && drift.missingShare > drift.referenceMissingShare)
    return `is missing in ${(100 * drift.missingShare).toFixed(0)} % of the samples`
  const spread = drift.deviation
  if (Number.isNaN(spread) || own.deviation === 0) return undefined
  const ratio = spread / own.deviation
  if (ratio < STUCK) return 'is stuck'
  if (ratio > SPREAD_RATIO || ratio < 1 / SPREAD_RATIO)
    return `spreads ${ratio.toPrecision(2)} times as much as in the history`
  const distance = drift.meanShift / own.deviation
  if (Math.abs(distance) > FAR)
    return `is ${Math.abs(distance).toFixed(1)} standard deviations ${distance > 0 ? 'higher' : 'lower'} than in the history`
  return undefined
}
