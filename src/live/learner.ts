import { createSampler, type Refused, type SamplerOptions } from '../align/index.js'
import type { Frame } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'
import type { Message } from '../sources/index.js'

/** Collects the messages of a device that has no model. Memory 8 (C + 1) bytes per message. */
export interface Learner {
  /** Different times so far, in order. */
  readonly samples: number
  /** @returns whether it is the first message of another sample, or why it is refused where each message is a sample */
  push(message: Message, nowMs: number): boolean | Refused
  /** The messages as samples; fields that never held a number are left out. */
  history(): Frame
  /** Forgets the older half. */
  forgetHalf(): void
  state(): State
}

const KIND = 'live:learner'
/** Channels at most: names that come later are left out. */
const MOST_CHANNELS = 1000

/** Whether a saved device is one that learns. */
export const isLearner = ({ kind }: State): boolean => kind === KIND

/** @param from `state()` of another one with the same sampling */
export function createLearner(sampling: Omit<SamplerOptions, 'timeKind'>, from?: State): Learner {
  const isSingle = sampling.joinMs === null && sampling.waitMs === 0
  const saved = from && checkState(from, KIND, 1, { times: null, values: null })
  const names = [...((saved?.options as { names?: readonly string[] })?.names ?? [])]
  let collected: Sample[] = []
  let samples = 0
  let latestMs = Number.NEGATIVE_INFINITY
  const add = (sample: Sample) => {
    collected.push(sample)
    if (!(sample.timeMs > latestMs)) return
    latestMs = sample.timeMs
    samples++
  }
  saved?.arrays.times.data.forEach((timeMs, i) => {
    add({ timeMs, row: saved.arrays.values.data.slice(i * names.length, (i + 1) * names.length) })
  })
  return {
    get samples() {
      return samples
    },
    push({ timeMs: given, names: fields, values }, nowMs) {
      const before = samples
      const timeMs = Number.isNaN(given) ? nowMs : given
      if (isSingle && timeMs <= latestMs) return timeMs === latestMs ? 'duplicate' : 'late'
      add({ timeMs, row: rowOf(names, fields, values) })
      return samples > before
    },
    history() {
      // A field without a number is a text, such as a name.
      const known = names.filter((_, c) => collected.some(({ row }) => !Number.isNaN(row[c] ?? Number.NaN)))
      const sampler = createSampler(known, { ...sampling, timeKind: 'utc' })
      for (const { timeMs, row } of collected) {
        const own = names.filter((_, c) => !Number.isNaN(row[c] ?? Number.NaN))
        sampler.push(
          timeMs,
          own,
          Array.from(row).filter(value => !Number.isNaN(value)),
        )
      }
      sampler.finish()
      return sampler.take().frame
    },
    forgetHalf() {
      const rest = collected.slice(collected.length >> 1)
      collected = []
      samples = 0
      latestMs = Number.NEGATIVE_INFINITY
      rest.forEach(add)
    },
    state() {
      const values = new Float64Array(collected.length * names.length).fill(Number.NaN)
      collected.forEach(({ row }, i) => void values.set(row, i * names.length))
      const times = Float64Array.from(collected, ({ timeMs }) => timeMs)
      return {
        kind: KIND,
        version: 1,
        options: { names: [...names] },
        arrays: { times: vector(times), values: vector(values) },
      }
    },
  }
}

/** The numbers of one message by the place of their names: the row is as long as there were names. */
interface Sample {
  readonly timeMs: number
  readonly row: Float64Array | Float32Array
}

/** The numbers of a message as a row; new names are added to `names`. */
function rowOf(names: string[], given: readonly string[], values: Message['values']): Float64Array {
  const places = given.map((name, i) => (typeof values[i] === 'number' ? placeOf(names, name) : -1))
  const row = new Float64Array(names.length).fill(Number.NaN)
  places.forEach((place, i) => {
    if (place >= 0) row[place] = values[i] as number
  })
  return row
}

/** -1 for a name that comes when there are `MOST_CHANNELS`. */
function placeOf(names: string[], name: string): number {
  const known = names.indexOf(name)
  if (known >= 0 || names.length >= MOST_CHANNELS) return known
  return names.push(name) - 1
}
