import type { Frame } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'
import { classifyStep, type Disorder } from './time-profile.js'

/** How a sample follows on the one before it. */
export const FOLLOWS = 0
/** After a gap, or after the clock was set back: no window spans both sides. */
export const BEGINS = 1
/** Its time cannot be read, or lies before that of an earlier sample: it is not scored. */
export const LATE = 2

/** What the steps of a series were at the cadence it should have. */
export interface StepCounts extends Disorder {
  /** Steps forward, and those within half of the cadence of it. */
  readonly forward: number
  readonly near: number
  /** Steps that miss samples, the samples missing in them, and the sample before the first. */
  readonly gaps: number
  readonly gapMissing: number
  readonly firstGap: number
  /** Other steps that differ by more than 1 in 1000, and the largest difference. */
  readonly jitter: number
  readonly largestJitterMs: number
  /** The step that more than half of the steps equal to 1 in 100, if there is one, and how clearly: votes for it less those against. */
  readonly majorityMs: number
  readonly votes: number
}

/** Checks the times of a series that comes in parts. */
export interface Clock {
  /** `[n]` how each sample follows: `FOLLOWS`, `BEGINS` or `LATE`. */
  take(timeMs: Float64Array): Uint8Array
  counts(): StepCounts
  state(): State
}

export interface ClockSettings {
  readonly timeKind: Frame['timeKind']
  /** Usual time between samples, ms; NaN = none, then there are no gaps. */
  readonly cadenceMs: number
  /** Consecutive missing samples that a window may span. */
  readonly maxGap: number
}

/** Consecutive samples behind the latest time after which the clock was set back, and is believed again. */
export const SET_BACK = 10

const FIELDS = [
  'samples',
  'lastMs',
  'behind',
  'behindMs',
  'forward',
  'near',
  'gaps',
  'gapMissing',
  'firstGap',
  'jitter',
  'largestJitterMs',
  'majorityMs',
  'votes',
  'unreadable',
  'repeated',
  'backwards',
  'firstUnreadable',
  'firstRepeated',
  'firstBackwards',
] as const
type Fields = Record<(typeof FIELDS)[number], number>

const KIND = 'online:clock'
const START: Fields = {
  ...(Object.fromEntries(FIELDS.map(name => [name, 0])) as Fields),
  lastMs: Number.NaN,
  behindMs: Number.NaN,
  majorityMs: Number.NaN,
  firstGap: -1,
  firstUnreadable: -1,
  firstRepeated: -1,
  firstBackwards: -1,
}

/**
 * Checks times sample by sample: parts of any length give the same. Equal times follow one another. Numbered samples always follow. Memory O(1),
 * cost O(1) per sample.
 *
 * @param from `state()` of another clock with the same settings
 */
export function createClock({ timeKind, cadenceMs, maxGap }: ClockSettings, from?: State): Clock {
  const now: Fields = { ...START }
  if (from) {
    const { data } = checkState(from, KIND, 1, { fields: FIELDS.length }).arrays.fields
    FIELDS.forEach((name, i) => {
      now[name] = data[i]
    })
  }

  const compare = (step: number): number => {
    vote(now, step)
    if (!(cadenceMs > 0)) return FOLLOWS
    const { missing, isGap, isNear, isJitter, offMs } = classifyStep(step, cadenceMs)
    if (isNear) now.near++
    if (isJitter) {
      now.jitter++
      if (offMs > now.largestJitterMs) now.largestJitterMs = offMs
    }
    if (!isGap) return FOLLOWS
    if (now.gaps++ === 0) now.firstGap = now.samples - 1
    now.gapMissing += missing
    return missing > maxGap ? BEGINS : FOLLOWS
  }

  const behind = (time: number): number => {
    if (now.backwards++ === 0) now.firstBackwards = now.samples
    now.behind = time >= now.behindMs ? now.behind + 1 : 1
    now.behindMs = time
    if (now.behind < SET_BACK) return LATE
    now.behind = 0
    now.behindMs = Number.NaN
    now.lastMs = time
    return BEGINS
  }

  const follow = (time: number): number => {
    if (timeKind === 'index') return FOLLOWS
    if (!Number.isFinite(time)) {
      if (now.unreadable++ === 0) now.firstUnreadable = now.samples
      return LATE
    }
    const step = time - now.lastMs
    if (step < 0) return behind(time)
    now.behind = 0
    now.behindMs = Number.NaN
    now.lastMs = time
    if (step === 0) {
      if (now.repeated++ === 0) now.firstRepeated = now.samples
      return FOLLOWS
    }
    if (Number.isNaN(step)) return FOLLOWS
    now.forward++
    return compare(step)
  }

  return {
    take(timeMs) {
      const marks = new Uint8Array(timeMs.length)
      for (let i = 0; i < timeMs.length; i++) {
        marks[i] = follow(timeMs[i])
        now.samples++
      }
      return marks
    },
    counts: () => ({ ...now }),
    state: () => ({
      kind: KIND,
      version: 1,
      options: {},
      arrays: { fields: vector(Float64Array.from(FIELDS, name => now[name])) },
    }),
  }
}

/** Majority vote in one pass (Boyer and Moore 1981): a step that most others equal is found with one candidate and one counter. */
function vote(now: Fields, step: number): void {
  if (now.votes === 0) {
    now.majorityMs = step
    now.votes = 1
  } else if (Math.abs(step - now.majorityMs) <= 0.01 * now.majorityMs) now.votes++
  else now.votes--
}
