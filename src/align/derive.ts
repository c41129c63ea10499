import { z } from 'zod'
import { checkState, type State, vector } from '../core/state.js'
import type { Stage } from './order.js'
import type { Part } from './part.js'

/** How a channel is computed from a column: `rate` per second (per sample without times), `sin` and `cos` of degrees, `state` 1 where the text is `value`. */
export const DERIVED_KINDS = ['rate', 'sin', 'cos', 'state'] as const
export type DerivedKind = (typeof DERIVED_KINDS)[number]

/** A channel that is computed from a column: plain data, so that a model can keep it and the same is computed later. */
export const derivedChannel = z.object({
  channel: z.string().min(1),
  /** Name of the column. */
  from: z.string().min(1),
  kind: z.enum(DERIVED_KINDS),
  /** Of a state: the text that is 1. */
  value: z.string().optional(),
  /** Of a state: all texts that are known, in small letters; any other is 0 in every channel of the column. */
  values: z.array(z.string()).readonly().optional(),
})
export type DerivedChannel = Readonly<z.output<typeof derivedChannel>>

/** Where a channel comes from: the position of its column among those read, and how it is computed when it is not as read. */
export interface ChannelSource {
  readonly raw: number
  readonly derived?: DerivedChannel
}

/** The columns that channels come from, each once, and how the channels come from them. */
export function channelSources(
  channels: readonly string[],
  derived: readonly DerivedChannel[],
): { readonly columns: readonly string[]; readonly sources: readonly ChannelSource[] } {
  const own = channels.map(channel => derived.find(one => one.channel === channel))
  const columns = [...new Set(channels.map((channel, c) => own[c]?.from ?? channel))]
  const sources = channels.map((channel, c) => ({
    raw: columns.indexOf(own[c]?.from ?? channel),
    ...(own[c] && { derived: own[c] }),
  }))
  return { columns, sources }
}

/** A deriver between two parts: the last readings of its counters and the sample that waits. */
export interface Deriver extends Stage {
  state(): State
}

const KIND = 'deriver'
/** What a column of states holds where its text is not known. */
const UNKNOWN_STATE = -1

/**
 * Turns the columns of one device, in order of time, into channels. A column of states holds positions in `values`, -1 for an unknown text.
 * The rate of a counter is that since its last reading; a counter that falls started again at 0; the first sample has the rate of the second
 * (0 when there is none). NaN stays NaN. The same for parts of any size. Cost O(N C).
 *
 * @param from `state()` of another one with the same columns and channels
 * @param unknown is given the column and the row of each text of a state that is not known
 */
export function createDeriver(
  width: number,
  sources: readonly ChannelSource[],
  hasTimes: boolean,
  from?: State,
  unknown?: (column: string, row: number) => void,
): Deriver {
  const counters = sources.flatMap(({ derived }, c) => (derived?.kind === 'rate' ? [c] : []))
  const saved =
    from &&
    checkState(from, KIND, 1, { counters: 3 * counters.length, firstTimeMs: null, first: null }).arrays
  const memory = saved
    ? Float64Array.from(saved.counters!.data)
    : new Float64Array(3 * counters.length).fill(Number.NaN)
  const writers = sources.map(({ raw, derived }, c) => {
    const at = 3 * counters.indexOf(c)
    return { raw, write: writerOf(derived, hasTimes, memory.subarray(at, at + 3)) }
  })
  let first = saved && heldSample(saved.firstTimeMs!.data, saved.first!.data)
  let isStarted =
    counters.length === 0 || (from?.options as { isStarted?: boolean } | undefined)?.isStarted === true
  const states = new Map(
    sources.flatMap(({ raw, derived }) =>
      unknown && derived?.kind === 'state' ? [[raw, derived.from] as const] : [],
    ),
  )
  const derive = (part: Part): Part => {
    const n = part.timeMs.length
    const values = new Float64Array(n * sources.length)
    for (const [raw, column] of states)
      for (let i = 0; i < n; i++)
        if (part.values[i * width + raw] === UNKNOWN_STATE) unknown?.(column, part.row[i]!)
    for (let i = 0; i < n; i++) {
      writers.forEach(({ raw, write }, c) => {
        values[i * sources.length + c] = write(part.values[i * width + raw]!, part.timeMs[i]!)
      })
    }
    return { ...part, values }
  }
  /** The first sample has the rates of the second: it waits for it. */
  const start = (held: Part, next: Part | undefined): Part[] => {
    const before = derive(held)
    if (next === undefined) {
      fillRates(before, sources, () => 0)
      return [before]
    }
    const after = derive(next)
    fillRates(before, sources, c => after.values[c]!)
    return [before, after]
  }
  return {
    push(part) {
      if (part.timeMs.length === 0) return []
      if (isStarted) return [derive(part)]
      if (first !== undefined || part.timeMs.length > 1) {
        isStarted = true
        const [held, next] = first === undefined ? [cut(part, 0, 1), cut(part, 1)] : [first, part]
        first = undefined
        return start(held, next)
      }
      first = part
      return []
    },
    end() {
      const held = first
      first = undefined
      return held === undefined ? [] : start(held, undefined)
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: { isStarted },
      arrays: {
        counters: vector(memory.slice()),
        firstTimeMs: vector(first?.timeMs.slice() ?? new Float64Array(0)),
        first: vector(first?.values.slice() ?? new Float64Array(0)),
      },
    }),
  }
}

function cut(part: Part, from: number, to = part.timeMs.length): Part {
  const width = part.values.length / part.timeMs.length
  return {
    timeMs: part.timeMs.slice(from, to),
    values: part.values.slice(from * width, to * width),
    labels: part.labels?.slice(from, to),
    row: part.row.slice(from, to),
  }
}

function fillRates(part: Part, sources: readonly ChannelSource[], rateOf: (c: number) => number): void {
  sources.forEach(({ derived }, c) => {
    if (derived?.kind === 'rate') part.values[c] = rateOf(c)
  })
}

type Writer = (value: number, timeMs: number) => number

function writerOf(derived: DerivedChannel | undefined, hasTimes: boolean, memory: Float64Array): Writer {
  if (derived === undefined) return value => value
  const { kind } = derived
  if (kind === 'sin') return value => Math.sin((value * Math.PI) / 180)
  if (kind === 'cos') return value => Math.cos((value * Math.PI) / 180)
  if (kind === 'rate') return createRate(hasTimes, memory)
  const code = derived.values!.indexOf(stateText(derived.value!))
  return value => (Number.isNaN(value) ? value : value === code ? 1 : 0)
}

/** @param memory the last reading, its time and the last rate: NaN before there are any */
function createRate(hasTimes: boolean, memory: Float64Array): Writer {
  return (value, timeMs) => {
    if (Number.isNaN(value)) return value
    const last = memory[0]!
    const lastMs = memory[1]!
    const units = hasTimes ? (timeMs - lastMs) / 1000 : timeMs - lastMs
    // Readings of one time share their rate: the step to the next one has all of the increase.
    if (units > 0 || Number.isNaN(last)) {
      if (!Number.isNaN(last)) memory[2] = (value >= last ? value - last : value) / units
      memory[0] = value
      memory[1] = timeMs
    }
    return memory[2]!
  }
}

function heldSample(timeMs: ArrayLike<number>, values: ArrayLike<number>): Part | undefined {
  if (timeMs.length === 0) return undefined
  return { timeMs: Float64Array.from(timeMs), values: Float64Array.from(values), row: new Float64Array(1) }
}

/** A text of a state as it is compared: without outer blanks, in small letters, numbers without trailing zeros. */
export function stateText(text: string): string {
  const plain = text.trim().toLowerCase()
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? String(Number(plain)) : plain
}
