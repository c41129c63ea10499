import type { Frame } from '../../core/frame.js'

/** Numbers as text: float64, float32, or half precision of (value - offset) / scale; little-endian base64. */
export interface Packed {
  readonly type: 'f8' | 'f4' | 'f2'
  readonly base64: string
  /** Of `f2`. */
  readonly offset?: number
  readonly scale?: number
}

/** An event over the lanes of a timeline. */
export interface EventMark {
  readonly id: string
  /** Times of its first and last sample, in the kind of the series. */
  readonly from: number
  readonly to: number
  /** Names of the lanes that explain it: marked more strongly there. */
  readonly lanes: readonly string[]
}

/** What a lane is called and drawn with, beside its values. */
export interface LaneFacts {
  readonly name: string
  readonly label: string
  readonly unit?: string
  /** Half the width of the band around what is expected. */
  readonly halfBand?: number
  /** Edges of the band reach no further. */
  readonly least?: number
  readonly most?: number
  /** A horizontal line with its name. */
  readonly limit?: { readonly value: number; readonly label: string }
  /** The values are logarithms to base 10: shown as what they are logarithms of. */
  readonly logarithmic?: boolean
}

/** A lane as a page holds it: `[n]` each. */
export interface PackedLane extends LaneFacts {
  readonly low: Packed
  /** Absent when each group holds one sample. */
  readonly high?: Packed
  readonly expected?: Packed
}

/** The clock that a timeline shows, where its times are times. */
export interface PackedClock {
  readonly zone: string
  /** Its offset from UTC, and where that changes, ms, ascending; the first is that at the start. */
  readonly offsets: readonly (readonly [atMs: number, offsetMs: number])[]
}

/** The series of a timeline as a page holds it: groups of consecutive samples, lanes over them, and events. */
export interface PackedSeries {
  readonly kind: Frame['timeKind']
  readonly clock?: PackedClock
  /** Usual distance of samples. */
  readonly step: number
  /** `[n]` of the first sample of each group, ascending. */
  readonly times: Packed
  /** `[n]` samples of each group; absent when each holds one. */
  readonly counts?: Packed
  readonly lanes: readonly PackedLane[]
  readonly events: readonly EventMark[]
}
