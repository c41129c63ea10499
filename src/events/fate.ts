import { type Frame, sampleCount } from '../core/frame.js'
import { channelFilter } from './channel-filter.js'
import { type EventColumns, eventSampleAt } from './events.js'
import { createGate } from './gate.js'
import { countedScore, createEventMachine } from './machine.js'
import { maintenanceAt } from './maintenance.js'
import type { EventRules } from './options.js'

/** What the rules of events made of one sample. */
export interface SampleFate {
  /**
   * `event`: it is part of the event with this number; `calm`: it has no flag; `cool-down`: flagged, too soon after an event; `dropped`: flagged, but its
   * flags opened no event; `maintenance`: it lies in a maintenance window.
   */
  readonly kind: 'event' | 'calm' | 'cool-down' | 'dropped' | 'maintenance'
  /** The score without the channels that break their rule; NaN without a score. */
  readonly counted: number
  /** Number of the event in the order of `findEvents`, 0 = the first; for `event`. */
  readonly number?: number
  /** First sample at which another event may open; for `cool-down`. */
  readonly until?: number
  /** Flagged samples of its interval, and samples from the first to the last of them; for `dropped`. */
  readonly flags?: number
  readonly samples?: number
}

/**
 * Says what the rules of events made of sample `at` of a scored series: whether it is part of an event, and if not, which rule was against it.
 * Cost O(N C).
 *
 * @throws OptionError as `createEventMachine`
 * @example
 * import { checkEventOptions } from './machine.js'
 * import { sampleFate } from './fate.js'
 * const frame = { timeMs: Float64Array.of(0, 1, 2), timeKind: 'index', values: new Float64Array(3), channels: ['a'] }
 * const columns = { score: Float32Array.of(0, 2, 0), flag: Uint8Array.of(0, 1, 0), residual: Float32Array.of(0, 2, 0) }
 * sampleFate(frame, columns, checkEventOptions({ openCount: 2 }), 1).kind // => 'dropped'
 */
export function sampleFate(frame: Frame, columns: EventColumns, rules: EventRules, at: number): SampleFate {
  const keptShare = channelFilter(frame.channels, rules.channels)
  const inMaintenance = maintenanceAt(rules.maintenance, frame.timeKind)
  const gate = createGate(rules)
  const machine = createEventMachine(frame.channels, frame.timeKind, rules)
  let opened = 0
  /** Starts of the events that the open one was split into. */
  let splits: number[] = []
  let flags = 0
  /** Of the sample, once it was there. */
  let own: { readonly counted: number; readonly flag: boolean } | undefined
  let interval = { start: 0, end: 0, open: false }
  const ended = (): SampleFate | undefined => {
    if (own === undefined) return
    const { counted, flag } = own
    if (interval.open && at < interval.end)
      return { kind: 'event', counted, number: opened - 1 + splits.filter(start => start <= at).length }
    if (interval.open || !flag) return { kind: 'calm', counted }
    return { kind: 'dropped', counted, flags, samples: interval.end - interval.start }
  }
  for (let i = 0; i < sampleCount(frame); i++) {
    const sample = eventSampleAt(frame, columns, i)
    const { score: counted, flag } = countedScore(sample, keptShare(sample))
    const maintenance = inMaintenance(sample.timeMs)
    const until = gate.state.quietUntil
    const step = gate.push(counted, flag, maintenance)
    const change = machine.push(sample)
    if (step === 'closed' || step === 'dropped') {
      const fate = ended()
      if (fate) return fate
    }
    if (i === at && maintenance) return { kind: 'maintenance', counted }
    const { current } = gate.state
    if (i === at && current === null)
      return flag ? { kind: 'cool-down', counted, until } : { kind: 'calm', counted }
    if (i === at) own = { counted, flag }
    if (current === null) continue
    if (step === 'opened') {
      opened += splits.length + 1
      splits = []
    }
    if (typeof change === 'object' && change.type === 'split') splits.push(change.opened.start)
    flags = current.start === i ? 1 : flags + (flag ? 1 : 0)
    interval = { start: current.start, end: current.end, open: current.open }
  }
  return ended() ?? { kind: 'calm', counted: Number.NaN }
}
