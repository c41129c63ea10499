import { windowCount } from './count.js'

/** Size of a series and its windows. */
export interface WindowShape {
  readonly samples: number
  readonly channels: number
  /** Samples in a window. */
  readonly window: number
  /** Samples between windows; default 1. */
  readonly stride?: number
  /** 4 for float32, the default. */
  readonly bytesPerValue?: number
}

/** Memory for all windows of a series, copied or as views. */
export interface WindowMemory {
  readonly windows: number
  /** Every window copied out. */
  readonly copiedBytes: number
  /** The series, the span of one batch of windows, and one error per reading: what telltale holds. */
  readonly viewBytes: number
  /** copiedBytes / viewBytes. */
  readonly ratio: number
}

/** Windows of a batch when there is no other reason for a size. */
const MOST_TOGETHER = 2048
/** Part of the free memory that a batch may take. */
const SAFETY = 0.7

/**
 * Compares copying every window with reading them from the series.
 *
 * @param batch windows that are read together
 * @example
 * import { windowMemory } from './memory.js'
 * const { windows, copiedBytes, viewBytes } = windowMemory({ samples: 100000, channels: 10, window: 200 }, 256)
 * [windows, copiedBytes, viewBytes] // => [99801, 798408000, 8018200]
 */
export function windowMemory(shape: WindowShape, batch: number): WindowMemory {
  const { samples, channels, window, stride = 1, bytesPerValue = 4 } = shape
  const windows = windowCount(samples, window, stride)
  const together = Math.min(batch, windows)
  const span = together === 0 ? 0 : (together - 1) * stride + window
  const copiedBytes = windows * window * channels * bytesPerValue
  const viewBytes = (2 * samples + span) * channels * bytesPerValue
  return { windows, copiedBytes, viewBytes, ratio: copiedBytes / viewBytes }
}

/**
 * The largest batch that fits: 1 to 2048 windows in 70 % of what the series and its errors leave of `availableBytes`; 0 when these alone do not
 * fit, or not even one window does.
 *
 * @param bytesPerWindow what a window costs while it is worked on, such as the activations of a network; at least its own readings
 * @example
 * import { largestBatch } from './memory.js'
 * largestBatch({ samples: 100000, channels: 10, window: 200 }, 64 * 2 ** 20) // => 2048
 * largestBatch({ samples: 100000, channels: 10, window: 200 }, 2 ** 20) // => 0
 */
export function largestBatch(shape: WindowShape, availableBytes: number, bytesPerWindow = 0): number {
  const { samples, channels, window, bytesPerValue = 4 } = shape
  const left = availableBytes - 2 * samples * channels * bytesPerValue
  const perWindow = Math.max(bytesPerWindow, window * channels * bytesPerValue)
  return Math.max(0, Math.min(MOST_TOGETHER, Math.floor((left * SAFETY) / perWindow)))
}
