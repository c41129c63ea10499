import { checkState, type State, vector } from '../core/state.js'
import type { GateState } from './gate.js'
import { SEGMENT_NUMBERS, SEGMENT_NUMBERS_BEFORE } from './segment.js'
import { STANDING_NUMBERS } from './standing.js'

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
  /** First and last sample whose score is above the threshold and whose unsmoothed error is unusual; NaN while there is none. */
  firstClear: number
  firstClearMs: number
  firstScore: number
  lastClear: number
  lastClearMs: number
  lastScore: number
  /** Lowest score since what stands out most. */
  low: number
  /** `[C]` residual summed from `start` up to `end`, and up to now: in one order, so that chunks do not change a bit of it. */
  sums: Float64Array
  running: Float64Array
}

/** Of a machine beside its gate: first sample of the current rise (-1 = none), end of the last event, the times of these samples, and the number of samples when that event was closed. */
export interface MachineState {
  rise: number
  riseMs: number
  lastEnd: number
  lastEndMs: number
  over: number
  /** 1 = the open event is a rise of a standing alarm. */
  risen: number
}

/** The two events that an open one becomes if it is split. */
export interface EventParts {
  readonly before: Candidate
  readonly after: Candidate
}

/** The same for a score that begins to rise, with the number of samples of the rise. */
export interface Climb extends EventParts {
  high: number
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
  'firstClear',
  'firstClearMs',
  'firstScore',
  'lastClear',
  'lastClearMs',
  'lastScore',
  'low',
] as const
/** Numbers of a candidate in states that do not know its clear samples. */
const NUMBERS_BEFORE = NUMBERS.length - 7
/** Numbers of a `MachineState`, with how an event stands; and those of states that do not know that, nor when the last event was closed. */
const NOW = 6 + STANDING_NUMBERS
const NOW_BEFORE = 4

/** Where a machine is. */
export function writeState(
  now: MachineState,
  {
    current,
    parts,
    climb,
  }: {
    readonly current: Candidate | null
    readonly parts: EventParts | null
    readonly climb: Climb | null
  },
  gate: GateState,
  { segments, standing }: { readonly segments: Float64Array; readonly standing: Float64Array },
): State {
  const { samples, quietUntil, inMaintenance, inCoolDown, current: stretch } = gate
  return {
    kind: KIND,
    version: 1,
    options: {
      id: current?.id ?? null,
      afterId: parts?.after.id ?? null,
      climb: climb && { id: climb.after.id, high: climb.high },
      stretch: stretch && { ...stretch },
    },
    arrays: {
      now: vector(
        Float64Array.of(now.rise, now.riseMs, now.lastEnd, now.lastEndMs, now.over, now.risen, ...standing),
      ),
      gate: vector(Float64Array.of(samples, quietUntil, inMaintenance, inCoolDown)),
      segments: vector(segments),
      ...writeCandidate('', current),
      ...(parts && writeCandidate('before.', parts.before)),
      ...(parts && writeCandidate('after.', parts.after)),
      ...(climb && writeCandidate('low.', climb.before)),
      ...(climb && writeCandidate('high.', climb.after)),
    },
  }
}

function writeCandidate(prefix: string, candidate: Candidate | null): State['arrays'] {
  return {
    [`${prefix}current`]: vector(Float64Array.from(candidate ? NUMBERS.map(name => candidate[name]) : [])),
    [`${prefix}sums`]: vector(candidate?.sums.slice() ?? new Float64Array(0)),
    [`${prefix}running`]: vector(candidate?.running.slice() ?? new Float64Array(0)),
  }
}

function readCandidate(state: State, prefix: string, id: string, width: number): Candidate {
  const named = (name: string) => `${prefix}${name}`
  const isBefore = state.arrays[named('current')]?.data.length === NUMBERS_BEFORE
  checkState(state, KIND, 1, {
    [named('current')]: isBefore ? NUMBERS_BEFORE : NUMBERS.length,
    [named('sums')]: null,
    [named('running')]: width,
  })
  const of = (name: string) => state.arrays[named(name)].data
  const numbers = Object.fromEntries(
    NUMBERS.map((name, i) => [name, of('current')[i] ?? Number.NaN]),
  ) as Record<(typeof NUMBERS)[number], number>
  return {
    id,
    ...numbers,
    sums: Float64Array.from(of('sums')),
    running: Float64Array.from(of('running')),
  }
}

/** A machine from where another one was. @param width number of channels */
export function readState(
  state: State,
  width: number,
): {
  readonly now: MachineState
  readonly gate: GateState
  readonly current: Candidate | null
  readonly parts: EventParts | null
  readonly climb: Climb | null
  readonly segments: ArrayLike<number>
  readonly standing: ArrayLike<number> | undefined
} {
  checkState(state, KIND, 1, {
    now: state.arrays.now?.data.length === NOW_BEFORE ? NOW_BEFORE : NOW,
    gate: 4,
    current: null,
    sums: null,
    running: null,
    segments: isBefore(state) ? SEGMENT_NUMBERS_BEFORE : SEGMENT_NUMBERS,
  })
  // Older states say nothing of parts.
  const {
    id,
    afterId = null,
    climb = null,
    stretch,
  } = state.options as {
    id: string | null
    afterId?: string | null
    climb?: { readonly id: string; readonly high: number } | null
    stretch: GateState['current']
  }
  const { now, gate } = state.arrays
  const [rise, riseMs, lastEnd, lastEndMs, over = lastEnd, risen = 0, ...standing] = now.data
  const [samples, quietUntil, inMaintenance, inCoolDown] = gate.data
  const candidate = (prefix: string, id: string) => readCandidate(state, prefix, id, width)
  return {
    segments: state.arrays.segments.data,
    standing: standing.length > 0 ? standing : undefined,
    now: { rise, riseMs, lastEnd, lastEndMs, over, risen },
    gate: {
      samples,
      quietUntil,
      inMaintenance,
      inCoolDown,
      current: stretch && { ...stretch, recent: [...stretch.recent] },
    },
    current: id === null ? null : candidate('', id),
    climb:
      id === null || climb === null
        ? null
        : { before: candidate('low.', id), after: candidate('high.', climb.id), high: climb.high },
    parts:
      id === null || afterId === null
        ? null
        : { before: candidate('before.', id), after: candidate('after.', afterId) },
  }
}

/** Whether a state was saved before events that grow evenly began where that began. */
const isBefore = ({ arrays }: State) => arrays.segments?.data.length === SEGMENT_NUMBERS_BEFORE
