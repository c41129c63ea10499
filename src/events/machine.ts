import type { AnomalyEvent } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { channelFilter } from './channel-filter.js'
import { createGate, type GateState, type GateStep } from './gate.js'
import { maintenanceAt } from './maintenance.js'
import { type EventOptions, type EventRules, eventOptions } from './options.js'
import type { EventSample } from './sample.js'
import { severity } from './severity.js'

/** What a sample did to the events of a device. */
export interface EventChange {
  readonly type: 'opened' | 'updated' | 'closed'
  readonly event: AnomalyEvent
}

/** State of a machine, as plain JSON: a restored machine continues identically. */
export interface EventMachineState {
  gate: GateState
  /** First sample of the current run above half the threshold; -1 = none. */
  rise: number
  /** End of the last event. */
  lastEnd: number
  /** The event that is pending or open. */
  current: Candidate | null
}

interface Candidate {
  id: string
  start: number
  end: number
  onset: number
  peak: number
  score: number
  /** `[C]` residual summed from `start` up to `end`, and up to now: in one order, so that chunks do not change a bit of it. */
  sums: number[]
  running: number[]
}

export interface EventMachine {
  /** Takes the next sample; at most one thing changes. */
  push(sample: EventSample): EventChange | undefined
  /** The series has ended: closes an open event. */
  finish(): EventChange | undefined
  state(): EventMachineState
}

/**
 * Scores to events, one sample at a time, for one device.
 *
 * The states are calm, pending, open and cooling; `createGate` has their table, as has docs/events.md. A sample in maintenance is never part of an
 * event: it closes an open one and drops a pending one. In cool-down only a critical score opens. An event reaches from the first flag of its
 * pending interval to the last sample above `closeBelow`; its id is made of the time of the first. NaN is a sample without a flag.
 * Memory O(C + n), cost O(C) per sample of an event and O(1) for others.
 *
 * @param channels `[C]`
 * @param saved state of another machine with the same options
 * @throws OptionError `option-invalid`; `option-combination` for recurring maintenance without times, and from `push` when channels have rules and
 * samples no deviations
 * @example
 * import { createEventMachine } from 'telltale'
 * const machine = createEventMachine(['a'], 'index', { mergeGap: 0 })
 * machine.push({ timeMs: 0, score: 2, residual: [2] }).type // => 'opened'
 * machine.push({ timeMs: 1, score: 0.5, residual: [0] }).type // => 'closed'
 */
export function createEventMachine(
  channels: readonly string[],
  timeKind: Frame['timeKind'],
  options: EventOptions = {},
  saved?: EventMachineState,
): EventMachine {
  const rules = checkEventOptions(options)
  const keptShare = channelFilter(channels, rules.channels)
  const inMaintenance = maintenanceAt(rules.maintenance, timeKind)
  const { gate: gateState, ...state } = saved
    ? structuredClone(saved)
    : { gate: undefined, rise: -1, lastEnd: 0, current: null }
  const gate = createGate(rules, gateState)

  const begin = (i: number, timeMs: number): Candidate => ({
    id: eventId(timeKind, timeMs),
    start: i,
    end: i,
    onset: state.rise < 0 ? i : Math.max(state.rise, state.lastEnd),
    peak: i,
    score: Number.NaN,
    sums: [],
    running: new Array<number>(channels.length).fill(0),
  })

  const end = (step: GateStep): EventChange | undefined => {
    const { current } = state
    state.current = null
    if (step !== 'closed' || current === null) return undefined
    state.lastEnd = current.end
    return { type: 'closed', event: eventOf(current, channels) }
  }

  return {
    push(sample) {
      const i = gate.state.samples
      const score = sample.score * keptShare(sample)
      const flag = (sample.flag ?? sample.score > 1) && (score > 1 || score === sample.score)
      const maintenance = inMaintenance(sample.timeMs)
      if (!(score > 0.5) || maintenance) state.rise = -1
      else if (state.rise < 0) state.rise = i
      const step = gate.push(score, flag, maintenance)
      if (step === 'calm') return undefined
      if (step === 'closed' || step === 'dropped') return end(step)
      state.current ??= begin(i, sample.timeMs)
      const { current } = state
      addPositive(current.running, sample.residual)
      if (step === 'waiting') return undefined
      current.end = i + 1
      current.sums = current.running.slice()
      if (score > current.score || Number.isNaN(current.score)) {
        current.peak = i
        current.score = score
      }
      if (step === 'pending') return undefined
      return { type: step === 'opened' ? 'opened' : 'updated', event: eventOf(current, channels) }
    },
    finish: () => end(gate.finish()),
    state: () => structuredClone({ gate: gate.state, ...state }),
  }
}

/**
 * The rules of events with every default filled in.
 *
 * @throws OptionError `option-invalid` naming the first that is out of range
 */
export function checkEventOptions(options: EventOptions): EventRules {
  const result = eventOptions.safeParse(options)
  if (result.success) return result.data
  const [{ path, message }] = result.error.issues
  let got: unknown = options
  for (const key of path) got = (got as Record<PropertyKey, unknown> | undefined)?.[key]
  throw createError('option-invalid', {
    name: path.join('.'),
    got: JSON.stringify(got) ?? 'not given',
    where: 'the rules of events',
    wanted: message,
  })
}

function eventId(timeKind: Frame['timeKind'], timeMs: number): string {
  return timeKind === 'utc'
    ? `e${new Date(timeMs).toISOString().replace(/[-:.Z]/g, '')}`
    : `e${String(timeMs).padStart(6, '0')}`
}

function eventOf(candidate: Candidate, channels: readonly string[]): AnomalyEvent {
  const { id, start, end, onset, peak, score, sums } = candidate
  const total = sums.reduce((sum, value) => sum + value, 0)
  const shares = channels.map((name, c) => ({ name, share: total > 0 ? sums[c] / total : 0 }))
  return {
    id,
    start,
    end,
    onset,
    peak,
    score,
    severity: severity(score, end - start),
    channels: shares.sort((a, b) => b.share - a.share),
  }
}

function addPositive(sums: number[], values: ArrayLike<number>): void {
  for (let c = 0; c < sums.length; c++) if (values[c] > 0) sums[c] += values[c]
}
