import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import { NEEDS_FEWER } from '../core/needs-fewer.js'

/** The parts of a history, in time order, with a gap of one window between neighbours. */
export interface HistoryParts {
  readonly train: Interval
  readonly validation: Interval
  readonly calibration: Interval
}

/**
 * Cuts `n` samples into train, validation and calibration parts in time order. Between parts lies a gap of one window, so that no
 * window of one part touches a sample of another. Each part holds at least one window; the shares apply to what the gaps leave.
 *
 * @throws DataError `data-too-short` when n < 5 windows
 * @example
 * import { splitHistory } from './split.js'
 * splitHistory(1060, 30, 0.15, 0.2).calibration // => { "start": 860, "end": 1060 }
 */
export function splitHistory(
  n: number,
  window: number,
  validationShare: number,
  calibrationShare: number,
): HistoryParts {
  if (n < 5 * window) {
    throw createError('data-too-short', {
      rows: n,
      purpose: 'training',
      wanted: 5 * window,
      window: ` with a window of ${window}`,
      remedy: NEEDS_FEWER,
    })
  }
  const usable = n - 2 * window
  let validation = Math.max(window, Math.round(validationShare * usable))
  let calibration = Math.max(window, Math.round(calibrationShare * usable))
  const excess = validation + calibration + window - usable
  if (excess > 0) {
    // The training part needs one window too: take the excess from the larger of the held-back parts first.
    const fromCalibration = Math.min(excess, calibration - window)
    calibration -= fromCalibration
    validation -= excess - fromCalibration
  }
  const trainEnd = usable - validation - calibration
  const validationStart = trainEnd + window
  const calibrationStart = validationStart + validation + window
  return {
    train: { start: 0, end: trainEnd },
    validation: { start: validationStart, end: validationStart + validation },
    calibration: { start: calibrationStart, end: n },
  }
}
