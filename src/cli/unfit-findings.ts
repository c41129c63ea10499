import { type Frame, sampleCount } from '../core/frame.js'
import { lengthRefusal, type TrainOptions } from '../pipeline/index.js'
import type { Finding } from '../validate/index.js'

/** Windows that a training needs, and the shortest one that is recommended. */
const LEAST_WINDOWS = 5
const SHORTEST = 4

/** What says that `train` would not take a table with these options: it is too short, gaps leave no window, or nothing changes in it. */
export function unfitFindings(frame: Frame, options: Partial<TrainOptions>): Finding[] {
  const error =
    frame.channels.length === 0 || sampleCount(frame) === 0 ? undefined : lengthRefusal(frame, options)
  if (error === undefined) return []
  const window = Math.floor(sampleCount(frame) / LEAST_WINDOWS)
  const isEnough = window >= SHORTEST && lengthRefusal(frame, { ...options, window }) === undefined
  const remedy =
    error.code !== 'data-too-short'
      ? error.remedy
      : isEnough
        ? `Give more samples. train --window ${window} takes these, and learns little from them.`
        : 'Give more samples.'
  return [{ code: 'history-unfit', values: { reason: error.message, remedy } }]
}
