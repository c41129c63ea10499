import { type Frame, sampleCount } from '../core/frame.js'
import type { Model } from '../model/index.js'
import { type ChannelCourse, channelCourses } from './course.js'
import { learnExpectation } from './expectation.js'
import type { Reference } from './reference.js'

/** All of an event of which a series holds the beginning alone: samples before it, one after the other, and every `stride`-th of it. */
export interface Overview {
  readonly frame: Frame
  /** The first sample of the event in it. */
  readonly start: number
  /** Samples of the series from one sample of the event to the next. */
  readonly stride: number
}

/** How channels ran over it, see `channelCourses`. Cost O(n C^2). */
export function overviewCourses(
  model: Model,
  reference: Reference,
  { frame, start }: Overview,
  without: readonly number[],
): Promise<ChannelCourse[]> {
  const end = sampleCount(frame)
  const event = { start, end, onset: start }
  const unscored = new Float32Array(0)
  const series = { frame, score: unscored, residual: unscored }
  const expectation = learnExpectation(model, series, reference, [event])
  return channelCourses(series, expectation, reference, event, { start: 0, end }, without)
}
