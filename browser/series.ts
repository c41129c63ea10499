import type {
  EventMark,
  LaneFacts,
  Packed,
  PackedClock,
  PackedSeries,
} from '../src/report/timeline/packed-series.js'
import { unpack } from './packed.js'
import { buildPyramid, type Envelope } from './pyramid.js'
import type { TimeKind } from './text.js'

/** One lane: a line of low and high values, with what was expected and a limit where there is one. */
export interface Lane extends LaneFacts {
  /** Levels of `buildPyramid` over the times of the series. */
  readonly levels: readonly Envelope[]
  readonly expected?: readonly Envelope[]
}

/** An edge of the band of a lane, no further than its readings can lie. */
export function possible(
  { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Pick<LaneFacts, 'least' | 'most'>,
  value: number,
): number {
  return Math.min(most, Math.max(least, value))
}

/** What a timeline draws: groups of samples, the lanes over them, and events. */
export interface Series {
  readonly kind: TimeKind
  readonly clock?: PackedClock
  /** Usual distance of samples. */
  readonly step: number
  /** `[n]` of the first sample of each group, ascending. */
  readonly times: Float64Array
  /** `[n]` samples of each group; absent when each holds one. */
  readonly counts?: Float32Array
  readonly lanes: readonly Lane[]
  readonly events: readonly EventMark[]
}

/** A lane from values in memory; also what a live page calls when samples arrive. */
export function laneOf(
  lane: LaneFacts,
  low: Float32Array,
  high: Float32Array = low,
  expected?: Float32Array,
): Lane {
  return {
    ...lane,
    levels: buildPyramid({ low, high }),
    expected: expected && buildPyramid({ low: expected, high: expected }),
  }
}

/** The series of a page. Its lanes are unpacked when they are first drawn: a page of many shows its first ones sooner. */
export function unpackSeries(packed: PackedSeries): Series {
  const lanes = packed.lanes.map(({ low, high, expected, ...lane }): Lane => {
    let levels: readonly Envelope[] | undefined
    let wanted: readonly Envelope[] | undefined
    const floats = (data: Packed) => Float32Array.from(unpack(data))
    return {
      ...lane,
      get levels() {
        if (levels === undefined) {
          const values = floats(low)
          levels = buildPyramid({ low: values, high: high ? floats(high) : values })
        }
        return levels
      },
      get expected() {
        if (expected === undefined) return undefined
        if (wanted === undefined) {
          const values = floats(expected)
          wanted = buildPyramid({ low: values, high: values })
        }
        return wanted
      },
    }
  })
  return {
    ...packed,
    times: Float64Array.from(unpack(packed.times)),
    counts: packed.counts && Float32Array.from(unpack(packed.counts)),
    lanes,
  }
}
