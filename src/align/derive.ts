import type { Stage } from './order.js'
import type { Part } from './part.js'

/** How a channel is computed from a column: `rate` per second (per sample without times), `sin` and `cos` of degrees, `state` 1 where the text is `value`. */
export const DERIVED_KINDS = ['rate', 'sin', 'cos', 'state'] as const
export type DerivedKind = (typeof DERIVED_KINDS)[number]

/** A channel that is computed from a column: plain data, so that a model can keep it and the same is computed later. */
export interface DerivedChannel {
  readonly channel: string
  /** Name of the column. */
  readonly from: string
  readonly kind: DerivedKind
  /** Of a state: the text that is 1. */
  readonly value?: string
  /** Of a state: all texts that are known, in small letters; any other is 0 in every channel of the column. */
  readonly values?: readonly string[]
}

/** Where a channel comes from: the position of its column among those read, and how it is computed when it is not as read. */
export interface ChannelSource {
  readonly raw: number
  readonly derived?: DerivedChannel
}

/**
 * Turns the columns of one device, in order of time, into channels. A column of states holds positions in `values`, -1 for an unknown text.
 * The rate of a counter is that since its last reading; a counter that falls started again at 0; the first sample has the rate of the second
 * (0 when there is none). NaN stays NaN. The same for parts of any size. Cost O(N C).
 */
export function createDeriver(width: number, sources: readonly ChannelSource[], hasTimes: boolean): Stage {
  const writers = sources.map(({ raw, derived }) => ({ raw, write: writerOf(derived, hasTimes) }))
  const counters = sources.filter(({ derived }) => derived?.kind === 'rate').map(({ raw }) => raw)
  let first: Part | undefined
  let isStarted = counters.length === 0
  const derive = (part: Part): Part => {
    const n = part.timeMs.length
    const values = new Float64Array(n * sources.length)
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

function writerOf(derived: DerivedChannel | undefined, hasTimes: boolean): Writer {
  if (derived === undefined) return value => value
  const { kind } = derived
  if (kind === 'sin') return value => Math.sin((value * Math.PI) / 180)
  if (kind === 'cos') return value => Math.cos((value * Math.PI) / 180)
  if (kind === 'rate') return createRate(hasTimes)
  const code = derived.values!.indexOf(stateText(derived.value!))
  return value => (Number.isNaN(value) ? value : value === code ? 1 : 0)
}

function createRate(hasTimes: boolean): Writer {
  let last = Number.NaN
  let lastMs = 0
  let rate = Number.NaN
  return (value, timeMs) => {
    if (Number.isNaN(value)) return value
    const units = hasTimes ? (timeMs - lastMs) / 1000 : timeMs - lastMs
    // Readings of one time share their rate: the step to the next one has all of the increase.
    if (units > 0 || Number.isNaN(last)) {
      if (!Number.isNaN(last)) rate = (value >= last ? value - last : value) / units
      last = value
      lastMs = timeMs
    }
    return rate
  }
}

/** A text of a state as it is compared: without outer blanks, in small letters, numbers without trailing zeros. */
export function stateText(text: string): string {
  const plain = text.trim().toLowerCase()
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? String(Number(plain)) : plain
}
