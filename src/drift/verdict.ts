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
 * 2. `unknown`: no channel could be tested, or the scores changed and the channels that might say why could not be tested;
 * 3. `ok`: nothing changed, or channels did and the scores did not: the model covers it;
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
    const signs = changed.flatMap(one => {
      const sign = sensorSign(reference, one)
      return sign === undefined ? [] : [`${one.channel} ${sign}`]
    })
    // One channel elsewhere whose readings the model still expects is the machine, not its sensor.
    const isAlone = changed.length === 1 && report.channels.length >= 3 && !fits?.follows(changed[0].channel)
    if (signs.length > 0 || isAlone) {
      const reason =
        signs.length > 0 ? signs.join('; ') : `${changed[0].channel} changed and no other channel did`
      return { verdict: 'check sensor', reason: `${reason}.`, channels: names(changed) }
    }
  }
  const list = listNames(names(changed), MOST_NAMED)
  const isScoreKnown = score !== undefined && score.level !== 'unknown'
  const hasScoreDrift = isScoreKnown && isDrift(score.level)
  const untested = report.channels.filter(one => one.level === 'unknown' && !isDrift(one.missingLevel))
  if (changed.length === 0 && untested.length > 0)
    return verdictOfUntested(reference, report, untested, hasScoreDrift)
  const isWorse = fits !== undefined && fits.worse.length > 0
  if (isWorse && changed.length === 0) {
    const reason = `The model fits ${listNames(fits.worse, MOST_NAMED)} less than before, and no single channel differs from the history: how channels go together has changed.`
    return { verdict: 'retrain', reason, channels: fits.worse }
  }
  if (changed.length > 0 && hasScoreDrift && fits?.isTested && !isWorse)
    return {
      verdict: 'recalibrate',
      reason: `${list} changed, and the scores; the errors of the model did not: it follows the machine, and the threshold is off.`,
      channels: names(changed),
    }
  if (changed.length === 0 && !hasScoreDrift)
    return { verdict: 'ok', reason: 'Nothing differs from the history.', channels: [] }
  if (isScoreKnown && !hasScoreDrift)
    return {
      verdict: 'ok',
      reason: `${list} changed, and the scores did not: the model takes such readings as normal.`,
      channels: names(changed),
    }
  if (changed.every(({ level, missingLevel }) => level !== 'large' && missingLevel !== 'large'))
    return {
      verdict: hasScoreDrift ? 'recalibrate' : 'retrain',
      reason:
        changed.length === 0
          ? 'The scores changed and no channel did.'
          : `The scores changed, and ${list} by a moderate step.`,
      channels: names(changed),
    }
  const count = `${changed.length} of ${counted(report.channels.length, 'channel')} changed (${list})`
  return {
    verdict: 'retrain',
    reason: `${count}${hasScoreDrift ? ', and the scores' : ''}.`,
    channels: names(changed),
  }
}

/** Whether the model still fits, by the drift of its errors. */
function fitOf(residuals: DriftReport | undefined) {
  if (residuals === undefined) return undefined
  const levelOf = new Map(residuals.channels.map(one => [one.channel, one]))
  return {
    /** Channels whose errors are larger than in the calibration. */
    worse: residuals.channels
      .filter(({ level, meanShift }) => isDrift(level) && meanShift > 0)
      .map(({ channel }) => channel),
    isTested: residuals.channels.every(({ level }) => level !== 'unknown'),
    /** Whether the errors of a channel are known to be as before. */
    follows: (channel: string) => levelOf.get(channel)?.level === 'none',
  }
}

/** Where no channel was found to have changed, and some could not be tested. */
function verdictOfUntested(
  reference: DriftReference,
  report: DriftReport,
  untested: readonly ChannelDrift[],
  hasScoreDrift: boolean,
): DriftVerdict {
  const list = listNames(
    untested.map(({ channel }) => channel),
    MOST_NAMED,
  )
  const tooFew = `too few independent samples to test ${list}`
  if (untested.length < report.channels.length && !hasScoreDrift)
    return {
      verdict: 'ok',
      reason: `What could be tested does not differ from the history; ${tooFew}.`,
      channels: [],
    }
  const signs = untested.flatMap(one => {
    const sign = sensorSign(reference, one)
    return sign === undefined ? [] : [`${one.channel} ${sign}`]
  })
  const reasons = [...(hasScoreDrift ? ['the scores changed'] : []), tooFew, ...signs].join('; ')
  return {
    verdict: 'unknown',
    reason: `${reasons[0].toUpperCase()}${reasons.slice(1)}. Give more rows.`,
    channels: untested.map(({ channel }) => channel),
  }
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
