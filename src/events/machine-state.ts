import { checkState, type State, vector } from '../core/state.js'
import type { GateState } from './gate.js'

/** The event that is pending or open. */
export interface Candidate {
  id: string
  start: number
  end: number
  onset: number
  peak: number
  startMs: number
  lastMs: number
  onsetMs: number
  peakMs: number
  /** Of sample `end`, once it is there. */
  afterMs: number
  score: number
  /** `[C]` residual summed from `start` up to `end`, and up to now: in one order, so that chunks do not change a bit of it. */
  sums: Float64Array
  running: Float64Array
}

/** Of a machine beside its gate: first sample of the current rise (-1 = none), end of the last event, and the times of these samples. */
export interface MachineState {
  rise: number
  riseMs: number
  lastEnd: number
  lastEndMs: number
}

const KIND = 'online:events'
const NUMBERS = [
  'start',
  'end',
  'onset',
  'peak',
  'startMs',
  'lastMs',
  'onsetMs',
  'peakMs',
  'afterMs',
  'score',
] as const

/** Where a machine is. */
export function writeState(now: MachineState, current: Candidate | null, gate: GateState): State {
  const { samples, quietUntil, inMaintenance, inCoolDown, current: stretch } = gate
  return {
    kind: KIND,
    version: 1,
    options: { id: current?.id ?? null, stretch: stretch && { ...stretch } },
    arrays: {
      now: vector(Float64Array.of(now.rise, now.riseMs, now.lastEnd, now.lastEndMs)),
      gate: vector(Float64Array.of(samples, quietUntil, inMaintenance, inCoolDown)),
      current: vector(Float64Array.from(current ? NUMBERS.map(name => current[name]) : [])),
      sums: vector(current?.sums.slice() ?? new Float64Array(0)),
      running: vector(current?.running.slice() ?? new Float64Array(0)),
    },
  }
}

/** A machine from where another one was. @param width number of channels */
export function readState(
  state: State,
  width: number,
): { readonly now: MachineState; readonly gate: GateState; readonly current: Candidate | null } {
  checkState(state, KIND, 1, { now: 4, gate: 4, current: null, sums: null, running: null })
  const { id, stretch } = state.options as { id: string | null; stretch: GateState['current'] }
  const { now, gate, current, sums, running } = state.arrays
  if (id !== null) checkState(state, KIND, 1, { current: NUMBERS.length, running: width })
  const [rise, riseMs, lastEnd, lastEndMs] = now.data
  const [samples, quietUntil, inMaintenance, inCoolDown] = gate.data
  const numbers = Object.fromEntries(NUMBERS.map((name, i) => [name, current.data[i]])) as Record<
    (typeof NUMBERS)[number],
    number
  >
  return {
    now: { rise, riseMs, lastEnd, lastEndMs },
    gate: {
      samples,
      quietUntil,
      inMaintenance,
      inCoolDown,
      current: stretch && { ...stretch, recent: [...stretch.recent] },
    },
    current:
      id === null
        ? null
        : { id, ...numbers, sums: Float64Array.from(sums.data), running: Float64Array.from(running.data) },
  }
}
