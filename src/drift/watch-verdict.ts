import type { DriftChange, SignalDrift } from '../core/contracts.js'
import type { ChannelReference } from './reference.js'
import { FAR, SENSOR_SHARE } from './verdict.js'

/** Name of the signal that is the score of the model. */
export const SCORE_SIGNAL = 'score'
/** Distance in standard deviations of the history from which a step is large. */
const LARGE = 0.5

/** A signal that is watched, and its drift; null without one. */
export interface WatchedDrift {
  readonly reference: ChannelReference
  readonly drift: SignalDrift | null
}

/**
 * What the drifts that are open while samples are scored call for, by the rules of `driftVerdict` as far as means show them: `check sensor` for few channels of which one is 3 standard deviations away, or a
 * single one of at least three; `ok` for channels without the score; `recalibrate` for the score without channels or with small steps; else `retrain`. `unknown` where the score alone is watched.
 */
export function watchVerdict(signals: readonly WatchedDrift[]): Pick<DriftChange, 'verdict' | 'reason'> {
  const channels = signals.filter(({ reference }) => reference.channel !== SCORE_SIGNAL)
  const score = signals.find(({ reference }) => reference.channel === SCORE_SIGNAL)
  const changed = channels.flatMap(({ reference, drift }) => {
    if (drift === null) return []
    const { mean, deviation } = reference
    // Of a channel that was constant nothing says how far it is.
    const distance = deviation > 0 ? Math.abs(drift.after - mean) / deviation : Number.NaN
    return [{ name: reference.channel, distance }]
  })
  const list = changed.map(({ name }) => name).join(', ')
  const hasScore = score !== undefined && score.drift !== null
  if (changed.length === 0) {
    if (!hasScore) return { verdict: 'ok', reason: 'Nothing drifts.' }
    if (channels.length > 0)
      return { verdict: 'recalibrate', reason: 'The score drifts and no watched channel does.' }
    const reason = 'The score drifts, and no channel is watched: a check of the drift says which changed.'
    return { verdict: 'unknown', reason }
  }
  const far = changed.filter(({ distance }) => distance >= FAR)
  const isFew = changed.length <= Math.max(1, Math.floor(SENSOR_SHARE * channels.length))
  if (isFew && far.length > 0) {
    const texts = far.map(
      ({ name, distance }) => `${name} is ${Number(distance.toPrecision(3))} standard deviations away`,
    )
    return { verdict: 'check sensor', reason: `${texts.join('; ')}.` }
  }
  if (changed.length === 1 && channels.length >= 3)
    return { verdict: 'check sensor', reason: `${list} drifts and no other watched channel does.` }
  const verb = changed.length === 1 ? 'drifts' : 'drift'
  if (score !== undefined && !hasScore)
    return { verdict: 'ok', reason: `${list} ${verb}, and the score does not.` }
  if (hasScore && changed.every(({ distance }) => distance < LARGE))
    return { verdict: 'recalibrate', reason: `The score drifts, and ${list} by a small step.` }
  const count = `${changed.length} of ${channels.length} watched channels ${verb} (${list})`
  return { verdict: 'retrain', reason: `${count}${hasScore ? ', and the score' : ''}.` }
}
