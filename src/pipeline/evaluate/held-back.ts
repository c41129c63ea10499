import { type Frame, type Interval, sampleCount, sliceFrame } from '../../core/frame.js'
import type { Model } from '../../model/index.js'
import { frameHash } from '../train/frame-hash.js'

/** Rows of a table that a model has not learnt from, and how that is known. */
export interface HeldBack {
  readonly intervals: readonly Interval[]
  /** `history`: the table begins with the history; `times`: it lies at other times; `unknown`: nothing shows which, so all rows. */
  readonly known: 'history' | 'times' | 'unknown'
}

/**
 * Which rows of a table a model has not learnt from: of its own history the calibration part and what comes after, of another table the
 * times outside those of the history. Cost O(N C) for the hash of the history.
 */
export function heldBackRows({ info }: Model, frame: Frame): HeldBack {
  const n = sampleCount(frame)
  const { rows, dataSha256, parts, timeKind, from, to } = info.training
  if (n >= rows && frameHash(sliceFrame(frame, 0, rows)) === dataSha256)
    return { intervals: [{ start: parts.calibration.start, end: n }], known: 'history' }
  if (timeKind === 'index' || frame.timeKind === 'index')
    return { intervals: [{ start: 0, end: n }], known: 'unknown' }
  const first = frame.timeMs.findIndex(time => time >= from)
  const before = first < 0 ? n : first
  const later = frame.timeMs.findIndex(time => time > to)
  const after = later < 0 ? n : later
  const intervals = [
    { start: 0, end: before },
    { start: after, end: n },
  ].filter(({ start, end }) => start < end)
  return { intervals, known: 'times' }
}
