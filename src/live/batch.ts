import type { Json } from '../core/state.js'
import type { Message, Reading } from '../sources/index.js'

/** Messages that are taken in together: what is in the journal as one line. */
export interface Batch {
  /** When they came, ms since the epoch. */
  readonly nowMs: number
  readonly messages: readonly Message[]
  /** Messages that were refused before, by reason. */
  readonly refused: Readonly<Record<string, number>>
  readonly badReadings: number
  /** Where the source continues after them. */
  readonly position: Json
  /** The first of a run: silence is counted from here. */
  readonly isFirst?: boolean
}

type Packed = readonly [
  device: string,
  timeMs: number | null,
  names: readonly string[] | 0,
  values: Json,
  isGone?: 1,
]

/** A batch as one line of text; `unpackBatch` gives it back, bit for bit. */
export function packBatch({ messages, ...rest }: Batch): string {
  let last: readonly string[] = []
  const packed = messages.map(({ device, timeMs, names, values, isGone }): Packed => {
    const isSame = names.length === last.length && names.every((name, i) => name === last[i])
    last = names
    const time = Number.isNaN(timeMs) ? null : timeMs
    const packed = [device, time, isSame ? 0 : names, values.map(packReading)] as const
    return isGone ? [...packed, 1] : packed
  })
  return JSON.stringify({ ...rest, messages: packed })
}

export function unpackBatch(text: string): Batch {
  const { messages, ...rest } = JSON.parse(text) as Omit<Batch, 'messages'> & { messages: Packed[] }
  let last: readonly string[] = []
  return {
    ...rest,
    messages: messages.map(([device, timeMs, names, values, isGone]) => {
      if (names !== 0) last = names
      return {
        device,
        timeMs: timeMs ?? Number.NaN,
        names: last,
        values: (values as Json[]).map(unpackReading),
        ...(isGone && { isGone: true }),
      }
    }),
  }
}

/** What JSON has no number for is a text; NaN is null; a text is a list of one. */
function packReading(value: Reading): Json {
  if (typeof value === 'string') return [value]
  if (Number.isNaN(value)) return null
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? value : String(value)
}

function unpackReading(value: Json): Reading {
  if (value === null) return Number.NaN
  return Array.isArray(value) ? String(value[0]) : Number(value)
}
