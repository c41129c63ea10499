import type { Frame } from '../core/frame.js'

/** Standardised errors as a frame to compare with those of the calibration. @param residuals `[N * C]` NaN = not scored */
export function residualFrame(channels: readonly string[], residuals: Float32Array): Frame {
  const timeMs = Float64Array.from({ length: residuals.length / channels.length }, (_, i) => i)
  return { timeMs, timeKind: 'index', values: residuals, channels }
}
