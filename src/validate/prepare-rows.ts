import type { Frame } from '../core/frame.js'
import { sampleCount } from '../core/frame.js'
import { checkState, type State } from '../core/state.js'

/** Samples on their way through a preparation. */
export interface Rows {
  readonly timeMs: Float64Array
  readonly timeKind: Frame['timeKind']
  readonly values: Float64Array
  readonly begins: Uint8Array
  /** Empty when no channel is masked. */
  readonly masked: Uint8Array
}

export const NO_ROWS: Rows = {
  timeMs: new Float64Array(0),
  timeKind: 'utc',
  values: new Float64Array(0),
  begins: new Uint8Array(0),
  masked: new Uint8Array(0),
}

export function rowsFrom({ kind, version, options, arrays }: State, width: number, isMasking: boolean): Rows {
  const n = arrays.openMs.data.length
  checkState({ kind, version, options, arrays }, kind, version, {
    openValues: n * width,
    openBegins: n,
    openMasked: isMasking ? n * width : 0,
  })
  return {
    timeMs: Float64Array.from(arrays.openMs.data),
    timeKind: (options as { timeKind?: unknown }).timeKind === 'index' ? 'index' : 'utc',
    values: Float64Array.from(arrays.openValues.data),
    begins: Uint8Array.from(arrays.openBegins.data),
    masked: Uint8Array.from(arrays.openMasked.data),
  }
}

export function sliceRows(
  { timeMs, timeKind, values, begins, masked }: Rows,
  from: number,
  to: number,
  width: number,
): Rows {
  return {
    timeMs: timeMs.subarray(from, to),
    timeKind,
    values: values.subarray(from * width, to * width),
    begins: begins.subarray(from, to),
    masked: masked.subarray(from * width, to * width),
  }
}

/** So that a few samples do not keep the piece alive from which they were cut. */
export function copyRows({ timeMs, timeKind, values, begins, masked }: Rows): Rows {
  return {
    timeMs: timeMs.slice(),
    timeKind,
    values: values.slice(),
    begins: begins.slice(),
    masked: masked.slice(),
  }
}

export function joinRows(
  open: Rows,
  frame: Frame,
  begins: Uint8Array,
  width: number,
  isMasking: boolean,
): Rows {
  const before = open.timeMs.length
  const n = before + sampleCount(frame)
  const rows = {
    timeMs: new Float64Array(n),
    timeKind: frame.timeKind,
    values: new Float64Array(n * width),
    begins: new Uint8Array(n),
    masked: new Uint8Array(isMasking ? n * width : 0),
  }
  rows.timeMs.set(open.timeMs)
  rows.timeMs.set(frame.timeMs, before)
  rows.values.set(open.values)
  rows.values.set(frame.values, before * width)
  rows.begins.set(open.begins)
  rows.begins.set(begins, before)
  rows.masked.set(open.masked)
  return rows
}

export function isWhole(values: Float64Array, i: number, width: number): 0 | 1 {
  for (let at = i * width; at < (i + 1) * width; at++) if (Number.isNaN(values[at])) return 0
  return 1
}
