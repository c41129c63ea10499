import type { Frame } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'

/** How readings of one live device become samples. Durations in ms. */
export interface SamplerOptions {
  /** Readings at most this far apart are one sample; null: each message is a sample of its own. */
  readonly joinMs: number | null
  /** How late a reading may come: a sample waits until the device is this far ahead of it. */
  readonly waitMs: number
  /** How long the last reading of a channel stands in for one that is not there; 0: not at all. */
  readonly maxAgeMs: number
  /** A channel without a reading for longer than this, while its device continues, is silent. */
  readonly silentAfterMs: number
  /** `index`: messages have no times, samples are counted. */
  readonly timeKind: Frame['timeKind']
}

/** Why a message became no part of a sample. */
export type Refused = 'late' | 'duplicate' | 'no-channel'

/** A channel that stopped or came back; `sinceMs` is the time of its last reading before. */
export interface ChannelSilence {
  readonly channel: string
  readonly isSilent: boolean
  readonly sinceMs: number
  readonly timeMs: number
}

export interface Sampler {
  /** Takes one message; what is refused changes nothing. Names that are no channels are passed over. */
  push(timeMs: number, names: readonly string[], values: readonly number[]): Refused | undefined
  /** The samples that are complete, in order of time; and the channels whose silence began or ended with them. */
  take(): { readonly frame: Frame; readonly silences: readonly ChannelSilence[] }
  /** No more comes: samples that wait are complete. */
  finish(): void
  state(): State
}

interface Group {
  timeMs: number
  values: Float64Array
  /** Channels without a message yet; 0 = complete. */
  open: number
  seen: Uint8Array
}

const KIND = 'sampler'

/**
 * Messages of one device to samples, in O(C) memory and that of the samples that wait. Samples leave in order of time. A message at or before the last
 * sample that left is refused (`late`, `duplicate`), which also recognises what is delivered twice: a clock that was set back is heard when it has caught up.
 *
 * @param from `state()` of another one with the same channels and options
 * @example
 * import { createSampler } from './sampler.js'
 * const sampler = createSampler(['a', 'b'], { joinMs: 0, waitMs: 0, maxAgeMs: 0, silentAfterMs: Infinity, timeKind: 'utc' })
 * sampler.push(1000, ['a'], [1]) // => undefined
 * sampler.push(1000, ['b'], [2]) // => undefined
 * Array.from(sampler.take().frame.values) // => [1, 2]
 * sampler.push(1000, ['b'], [2]) // => 'duplicate'
 */
export function createSampler(channels: readonly string[], options: SamplerOptions, from?: State): Sampler {
  return new LiveSampler(channels, options, from)
}

class LiveSampler implements Sampler {
  readonly #channels: readonly string[]
  readonly #index: ReadonlyMap<string, number>
  readonly #options: SamplerOptions
  #waiting: Group[] = []
  #done: Group[] = []
  #newest = Number.NEGATIVE_INFINITY
  #released = Number.NEGATIVE_INFINITY
  #count = 0
  readonly #lastMs: Float64Array
  readonly #last: Float64Array
  readonly #silent: Float64Array

  constructor(channels: readonly string[], options: SamplerOptions, from?: State) {
    this.#channels = channels
    this.#index = new Map(channels.map((name, c) => [name, c]))
    this.#options = options
    const width = channels.length
    this.#lastMs = new Float64Array(width).fill(Number.NaN)
    this.#last = new Float64Array(width).fill(Number.NaN)
    this.#silent = new Float64Array(width)
    if (from) this.#restore(from)
  }

  push(timeMs: number, names: readonly string[], values: readonly number[]): Refused | undefined {
    if (!names.some(name => this.#index.has(name))) return 'no-channel'
    if (this.#options.timeKind === 'index') {
      this.#fill(this.#open(this.#count++), names, values)
      this.#release()
      return undefined
    }
    if (timeMs <= this.#released) return timeMs === this.#released ? 'duplicate' : 'late'
    const group = this.#groupOf(timeMs, names)
    if (group === undefined) return 'duplicate'
    this.#newest = Math.max(this.#newest, timeMs)
    this.#fill(group, names, values)
    this.#release()
    return undefined
  }

  take() {
    const groups = this.#done
    this.#done = []
    const width = this.#channels.length
    const silences: ChannelSilence[] = []
    const timeMs = new Float64Array(groups.length)
    const values = new Float64Array(groups.length * width)
    groups.forEach((group, i) => {
      timeMs[i] = group.timeMs
      this.#complete(group, silences)
      values.set(group.values, i * width)
    })
    const frame: Frame = { timeMs, values, channels: this.#channels, timeKind: this.#options.timeKind }
    return { frame, silences }
  }

  finish() {
    for (const group of this.#waiting) this.#leave(group)
    this.#waiting = []
  }

  state(): State {
    const width = this.#channels.length
    const held = [...this.#done, ...this.#waiting]
    const values = new Float64Array(held.length * width)
    const seen = new Float64Array(held.length * width)
    held.forEach((group, i) => {
      values.set(group.values, i * width)
      seen.set(group.seen, i * width)
    })
    return {
      kind: KIND,
      version: 1,
      options: { done: this.#done.length, count: this.#count },
      arrays: {
        clock: vector(Float64Array.of(this.#newest, this.#released)),
        lastMs: vector(this.#lastMs.slice()),
        last: vector(this.#last.slice()),
        silent: vector(this.#silent.slice()),
        timeMs: vector(Float64Array.from(held, group => group.timeMs)),
        values: vector(values),
        seen: vector(seen),
      },
    }
  }

  #restore(from: State) {
    const width = this.#channels.length
    const lengths = { clock: 2, lastMs: width, last: width, silent: width, timeMs: null, values: null }
    const { clock, lastMs, last, silent, timeMs, values, seen } = checkState(from, KIND, 1, lengths).arrays
    const { done, count } = from.options as Record<'done' | 'count', number>
    ;[this.#newest, this.#released] = clock.data
    this.#count = count
    this.#lastMs.set(lastMs.data)
    this.#last.set(last.data)
    this.#silent.set(silent.data)
    const held = Array.from(timeMs.data, (time, i): Group => {
      const own = Uint8Array.from(seen.data.subarray(i * width, (i + 1) * width))
      const missing = own.reduce((sum, there) => sum + (there ? 0 : 1), 0)
      const open = this.#options.joinMs === null ? 0 : missing
      return {
        timeMs: time,
        values: Float64Array.from(values.data.subarray(i * width, (i + 1) * width)),
        seen: own,
        open,
      }
    })
    this.#done = held.slice(0, done)
    this.#waiting = held.slice(done)
  }

  /** The waiting sample that a message belongs to, or a new one; undefined when its readings are there already. */
  #groupOf(timeMs: number, names: readonly string[]): Group | undefined {
    const { joinMs } = this.#options
    for (const group of this.#waiting) {
      if (joinMs === null ? group.timeMs === timeMs : Math.abs(timeMs - group.timeMs) <= joinMs) {
        const repeats = joinMs === null || names.some(name => group.seen[this.#index.get(name) ?? -1] === 1)
        if (!repeats) return group
        if (timeMs === group.timeMs) return undefined
      }
    }
    return this.#open(timeMs)
  }

  #open(timeMs: number): Group {
    const width = this.#channels.length
    const values = new Float64Array(width).fill(Number.NaN)
    const group: Group = { timeMs, values, open: width, seen: new Uint8Array(width) }
    let at = this.#waiting.length
    while (at > 0 && this.#waiting[at - 1].timeMs > timeMs) at--
    this.#waiting.splice(at, 0, group)
    return group
  }

  #fill(group: Group, names: readonly string[], values: readonly number[]) {
    for (let k = 0; k < names.length; k++) {
      const c = this.#index.get(names[k])
      if (c === undefined) continue
      group.values[c] = values[k]
      if (group.seen[c] === 0) group.open--
      group.seen[c] = 1
    }
    if (this.#options.joinMs === null) group.open = 0
  }

  #release() {
    const { joinMs, waitMs, timeKind } = this.#options
    const isDue = ({ timeMs, open }: Group) => {
      if (timeKind === 'index') return true
      const isPast = this.#newest - waitMs > timeMs + (joinMs ?? 0)
      return isPast || (open === 0 && this.#newest - waitMs >= timeMs)
    }
    let due = 0
    while (due < this.#waiting.length && isDue(this.#waiting[due])) this.#leave(this.#waiting[due++])
    if (due > 0) this.#waiting.splice(0, due)
  }

  #leave(group: Group) {
    this.#released = group.timeMs
    this.#done.push(group)
  }

  /** Fills channels from their last reading, and keeps the account of silent ones. */
  #complete({ timeMs, values }: Group, silences: ChannelSilence[]) {
    const { maxAgeMs, silentAfterMs } = this.#options
    for (let c = 0; c < values.length; c++) {
      const age = timeMs - this.#lastMs[c]
      const isThere = !Number.isNaN(values[c])
      const isSilent = !isThere && age > silentAfterMs
      const changes = isThere ? this.#silent[c] === 1 : isSilent && this.#silent[c] === 0
      if (changes) {
        this.#silent[c] = isSilent ? 1 : 0
        silences.push({ channel: this.#channels[c], isSilent, sinceMs: this.#lastMs[c], timeMs })
      }
      if (isThere) {
        this.#lastMs[c] = timeMs
        this.#last[c] = values[c]
      } else if (age <= maxAgeMs) values[c] = this.#last[c]
    }
  }
}
