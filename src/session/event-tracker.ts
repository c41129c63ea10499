import type { AnomalyEvent, EventChange } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { changesOf, createEventMachine, type EventMachine } from '../events/index.js'
import type { Model } from '../model/index.js'
import type { ResolvedSettings } from './settings.js'
import type { ScoredSamples } from './step.js'

/** Makes events of the scores of a series. Memory O(C), whatever the number of samples. */
export interface EventTracker extends Pick<EventMachine, 'settled' | 'suppressed' | 'state'> {
  /** What happened with these samples; an event that continued is reported once, as it is after them. */
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
      let updated = false
      for (let i = 0; i < score.length; i++) {
        const step = machine.push({
          timeMs: frame.timeMs[i],
          score: score[i],
          flag: flag[i] !== 0,
          residual: residual.subarray(i * c, (i + 1) * c),
          ...(sharp && { sharp: sharp[i] }),
          ...(usual && expectationAt(scored, usual, i)),
        })
        if (step === undefined) continue
        updated = step === 'updated'
        for (const { type, event } of changesOf(step)) found.push({ type, event: withPValue(event) })
      }
      const current = updated ? machine.current() : undefined
      if (current) found.push({ type: 'updated', event: withPValue(current) })
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
