import { type ScaledFrame, sampleCount } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'
import type { LimitRule } from './limit-rule.js'

/**
 * A run of equal readings counts when it is longer than this many times the longest of the history, and than all other repetitions among the last samples together. Where readings
 * repeat at random, a run twice as long as the longest of a history comes about once in as many histories as one has samples.
 */
export const RUN_OVER_OTHERS = 2
/** And than this many readings: a few that were filled in are no frozen sensor. */
const LEAST = 10
const KIND = 'online:frozen'

/** Equal readings beyond which a channel counts as frozen, after a history in which its longest run has `longest`. */
export function frozenLimit(longest: number): number {
  return Math.max(LEAST, RUN_OVER_OTHERS * longest)
}

/**
 * The runs of equal readings beyond which a channel counts as frozen.
 *
 * @param histories scaled, `[N, C]` each
 * @param counts `[C]` see `readingCounts`: one of two readings is not frozen where it rests
 * @param memory samples that runs are counted in: a channel whose limit is more than half of it has no rule, its readings often rest
 * @returns `[C]` readings; NaN for channels without the rule. Undefined when none has it
 */
export function frozenLimits(
  histories: readonly ScaledFrame[],
  counts: Uint8Array,
  memory: number,
): Float64Array | undefined {
  const [{ channels }] = histories
  const longest = new Float64Array(channels.length)
  for (const { values } of histories) {
    const run = new Float64Array(channels.length)
    for (let i = 0; i < values.length; i++) {
      const c = i % channels.length
      run[c] = Math.fround(values[i]) === Math.fround(values[i - channels.length]) ? run[c] + 1 : 1
      if (run[c] > longest[c]) longest[c] = run[c]
    }
  }
  const limits = longest.map((length, c) => {
    const limit = frozenLimit(length)
    return counts[c] < 3 || limit > memory / 2 ? Number.NaN : limit
  })
  return limits.some(limit => !Number.isNaN(limit)) ? limits : undefined
}

/** Follows how long the channels of a series repeat their readings. */
export interface RunWatch {
  push(frame: ScaledFrame): void
  /**
   * Of the next `count` samples, in order: the readings in the run of equal ones that a sample is part of, `[count * C]`, as far as the samples that came and `lookahead`
   * let see. Below 0 where the channel repeats its readings anyway.
   */
  take(count: number): Float32Array
  state(): State
}

/**
 * A run counts when it is more than twice as long as all other repetitions among the last `memory` samples together: a channel that has come to be rounded, or is reported more
 * rarely than in the history, is not frozen. A missing reading ends a run.
 *
 * Cost O(C) a sample. Memory: `memory * C` bytes.
 *
 * @param memory samples up to the newest that count, at least 2
 * @param lookahead samples after one that say how long its run is
 * @param from state of a watch of the same memory and channels
 * @throws ArtefactError `state-unfit`
 */
export function watchRuns(memory: number, channels: number, lookahead: number, from?: State): RunWatch {
  const size = memory - 1
  if (from)
    checkState(from, KIND, 1, { repeats: size * channels, last: channels, runs: channels, waiting: null })
  const saved = (name: string) => from?.arrays[name].data ?? []
  /** Of the last samples, one place for each: 1 = repeats the reading before. */
  const repeats = from ? new Uint8Array(from.arrays.repeats.data) : new Uint8Array(size * channels)
  let place = 0
  const counts = new Float64Array(channels)
  for (let k = 0; k < repeats.length; k++) counts[k % channels] += repeats[k]
  const last = Float32Array.from({ length: channels }, (_, c) => saved('last')[c] ?? Number.NaN)
  const runs = Float64Array.from({ length: channels }, (_, c) => saved('runs')[c] ?? 0)
  let waiting = Float32Array.from(saved('waiting'))

  const next = (value: number, c: number): number => {
    const at = place * channels + c
    const isRepeat = value === last[c]
    last[c] = value
    counts[c] += (isRepeat ? 1 : 0) - repeats[at]
    repeats[at] = isRepeat ? 1 : 0
    runs[c] = isRepeat ? Math.min(memory, runs[c] + 1) : 1
    const others = counts[c] - (runs[c] - 1)
    return runs[c] > RUN_OVER_OTHERS * others ? runs[c] : -runs[c]
  }
  return {
    push({ values }) {
      const all = new Float32Array(waiting.length + values.length)
      all.set(waiting)
      for (let k = 0, at = waiting.length; k < values.length; k++, at++) {
        const c = k % channels
        all[at] = next(Math.fround(values[k]), c)
        if (c === channels - 1) place = (place + 1) % size
      }
      waiting = all
    },
    take(count) {
      const out = seenAhead(waiting, count, channels, lookahead)
      waiting = waiting.slice(count * channels)
      return out
    },
    state() {
      const oldestFirst = new Float32Array(repeats.length)
      oldestFirst.set(repeats.subarray(place * channels))
      oldestFirst.set(repeats.subarray(0, place * channels), repeats.length - place * channels)
      const arrays = {
        repeats: vector(oldestFirst),
        last: vector(last.slice()),
        runs: vector(runs.slice()),
        waiting: vector(waiting.slice()),
      }
      return { kind: KIND, version: 1, options: {}, arrays }
    },
  }
}

/** Each of the first `count` samples takes the run of the last sample that continues it, at most `lookahead` samples later. */
function seenAhead(runs: Float32Array, count: number, channels: number, lookahead: number): Float32Array {
  const out = new Float32Array(count * channels)
  for (let c = 0; c < channels; c++) {
    let end = runs.length / channels - 1
    for (let i = end; i >= 0; i--) {
      // A run of one reading is the first of its own.
      if (i < count) out[i * channels + c] = runs[Math.min(end, i + lookahead) * channels + c]
      if (Math.abs(runs[i * channels + c]) <= 1) end = i - 1
    }
  }
  return out
}

/** What single samples of a frozen channel count, see `Scores.sharp`: the same all along, since a run that becomes longer is no drift. */
const SHARP = 1

/** Single samples of a frozen channel are unusual. @param sharp `[n]`, changed in place @param runs `[n * C]` see `watchRuns` */
export function sharpenFrozen(sharp: Float32Array, runs: Float32Array, { limits }: LimitRule): void {
  const channels = limits.length
  for (let k = 0; k < runs.length; k++) {
    const i = Math.floor(k / channels)
    if (runs[k] > limits[k % channels] && sharp[i] < SHARP) sharp[i] = SHARP
  }
}

/** The runs that the last sample of a series is part of, `[C]`, see `watchRuns`. */
export function lastRuns(frame: ScaledFrame, memory: number): Float32Array {
  const channels = frame.channels.length
  const watch = watchRuns(memory, channels, 0)
  watch.push(frame)
  return watch.take(sampleCount(frame)).subarray(-channels)
}
