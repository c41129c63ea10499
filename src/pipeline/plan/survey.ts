import { type Frame, type Interval, sampleCount } from '../../core/frame.js'
import { BEGINS, cadenceOf, createClock, LATE } from '../../validate/index.js'

/** What a plan needs to know of a table: how much there is of it, and where it breaks. */
export interface Survey {
  readonly samples: number
  readonly channels: readonly string[]
  /** Intervals without a gap in time or a missing reading, ascending. */
  readonly segments: readonly Interval[]
}

/** Takes a table part by part. */
export interface Surveyor {
  /** The next samples of the table. */
  add(frame: Frame): void
  take(): Survey
}

/**
 * Surveys a table that comes in parts. Gaps in time are found by the cadence of the first part. Memory grows with the number of gaps, never
 * with that of samples. Cost O(N C).
 */
export function createSurveyor(channels: readonly string[], maxGap: number): Surveyor {
  const segments: { start: number; end: number }[] = []
  let samples = 0
  let clock: ReturnType<typeof createClock> | undefined
  return {
    add(frame) {
      const { timeKind, timeMs, values } = frame
      clock ??= createClock({ timeKind, cadenceMs: cadenceOf(frame), maxGap })
      const marks = clock.take(timeMs)
      const c = channels.length
      for (let i = 0; i < sampleCount(frame); i++, samples++) {
        if (marks[i] === LATE || !values.subarray(i * c, (i + 1) * c).every(Number.isFinite)) continue
        const open = segments[segments.length - 1]
        if (open?.end === samples && marks[i] !== BEGINS) open.end++
        else segments.push({ start: samples, end: samples + 1 })
      }
    },
    take: () => ({ samples, channels, segments }),
  }
}
