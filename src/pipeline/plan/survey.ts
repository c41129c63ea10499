import { appendFrame, type Frame, type Interval, sampleCount } from '../../core/frame.js'
import { cadenceOf, prepareFrame } from '../../validate/index.js'

/** What a plan needs to know of a table: how much there is of it, and where it breaks. */
export interface Survey {
  readonly samples: number
  readonly channels: readonly string[]
  /** Stretches without a gap in time or a missing reading, ascending. */
  readonly segments: readonly Interval[]
}

/** Takes a table part by part. */
export interface Surveyor {
  /** The next samples of the table. */
  add(frame: Frame): void
  take(): Survey
}

/**
 * Surveys a table that comes in parts. Gaps in time are judged by the cadence of the first part. Memory grows with the number of gaps, never
 * with that of samples. Cost O(N C).
 */
export function createSurveyor(channels: readonly string[], maxGap: number): Surveyor {
  const segments: Interval[] = []
  let samples = 0
  let cadenceMs: number | undefined
  let last: Frame | undefined
  return {
    add(frame) {
      cadenceMs ??= cadenceOf(frame)
      // The last sample once more: the break may lie between the parts.
      const seen = last === undefined ? frame : appendFrame(last, frame)
      const offset = samples - (sampleCount(seen) - sampleCount(frame))
      const found = prepareFrame(seen, { missing: 'drop', maxGap }, undefined, {
        cadenceMs,
        first: offset,
      }).segments
      for (const { start, end } of found) {
        const open = segments.at(-1)
        if (open !== undefined && open.end === offset + start + 1 && start === 0)
          segments[segments.length - 1] = { start: open.start, end: offset + end }
        else segments.push({ start: offset + start, end: offset + end })
      }
      samples += sampleCount(frame)
      last = lastSample(frame)
    },
    take: () => ({ samples, channels, segments }),
  }
}

function lastSample(frame: Frame): Frame {
  const n = sampleCount(frame)
  const { timeMs, values, channels } = frame
  return { ...frame, timeMs: timeMs.slice(n - 1), values: values.slice((n - 1) * channels.length) }
}
