import type { AnomalyEvent, EventChange } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { changesOf, createEventMachine, type EventMachine } from '../events/index.js'
import type { Model } from '../model/index.js'
import type { ResolvedSettings } from './settings.js'
import type { ScoredSamples } from './step.js'

/** Makes events of the scores of a series. Memory O(C), whatever the number of samples. */
export interface EventTracker extends Pick<EventMachine, 'settled' | 'suppressed' | 'state'> {
  /** What happened with these samples. An event that continues is reported where it `isLookedAt`. */
  push(scored: ScoredSamples): EventChange[]
  /** The series has ended: the event that was open. */
  finish(): EventChange[]
}

/** @param from `state()` of another one with the same settings */
export function trackEvents(
  { model, rules, scale, usual }: ResolvedSettings,
  timeKind: Frame['timeKind'],
  from?: State,
): EventTracker {
  const { channels } = model.info
  const machine = createEventMachine(channels, timeKind, rules, from)
  const withPValue = (event: AnomalyEvent): AnomalyEvent => ({ ...event, pValue: scale.pValue(event.score) })
  return {
    push(scored) {
      const { frame, score, flag, residual, sharp } = scored
      const c = channels.length
      const found: EventChange[] = []
      for (let i = 0; i < score.length; i++) {
        const before = machine.span()
        const step = machine.push({
          timeMs: frame.timeMs[i],
          score: score[i],
          flag: flag[i] !== 0,
          residual: residual.subarray(i * c, (i + 1) * c),
          ...(sharp && { sharp: sharp[i] }),
          ...(usual && expectationAt(scored, usual, i)),
        })
        const current =
          step === 'updated' && isLookedAt(before, machine.span()) ? machine.current() : undefined
        if (current) found.push({ type: 'updated', event: withPValue(current) })
        for (const { type, event } of changesOf(step)) found.push({ type, event: withPValue(event) })
      }
      return found
    },
    finish() {
      const last = machine.finish()
      return last ? [{ type: last.type, event: withPValue(last.event) }] : []
    },
    settled: machine.settled,
    suppressed: machine.suppressed,
    state: machine.state,
  }
}

/** A long event is looked at once in this share of its length, at least. */
const LOOKS = 32

/**
 * Whether an event that grew is reported: each time while it is short, then at lengths ever further apart. These depend on its length alone, so that what is said of
 * an event does not depend on how its samples come together.
 */
function isLookedAt(before: number, after: number): boolean {
  const apart = 2 ** Math.max(0, Math.floor(Math.log2(after / LOOKS)))
  return Math.floor(before / apart) !== Math.floor(after / apart)
}

/** `[N * C]` what the rules of channels measure from: what the detector expected, else the median of the history. */
export function expectedReadings({ info }: Model, { frame, expected }: ScoredSamples): Float64Array {
  const c = frame.channels.length
  return Float64Array.from(frame.values, (_, at) => {
    const known = expected?.[at] ?? Number.NaN
    return Number.isNaN(known) ? (info.schema?.channels[at % c].median ?? Number.NaN) : known
  })
}

/** What the rules of channels measure one sample from. */
function expectationAt({ frame, expected }: ScoredSamples, usual: readonly number[], i: number) {
  const at = i * usual.length
  const wanted = usual.map((value, c) => {
    const known = expected?.[at + c]
    return known === undefined || Number.isNaN(known) ? value : known
  })
  return { expected: wanted, deviation: wanted.map((value, c) => frame.values[at + c] - value) }
}
