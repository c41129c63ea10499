import type { FittedDetector } from '../core/contracts.js'
import { asScaled, type ScaledFrame } from '../core/frame.js'

/**
 * Windows as series of their own. They have no times: what depends on them says so in `Walk`.
 *
 * @returns window number w of `[count * length * C]` values, as a view
 */
export function windowFrame(
  length: number,
  channels: number,
): (values: Float32Array, w: number) => ScaledFrame {
  const size = length * channels
  const frame = {
    timeMs: new Float64Array(length).fill(Number.NaN),
    timeKind: 'index',
    channels: Array.from({ length: channels }, (_, c) => String(c)),
  } as const
  return (values, w) => asScaled(frame, values.subarray(w * size, (w + 1) * size))
}

/** `scoreWindows` of a detector by its own online form. */
export function windowsOnline(
  { online, windowLength }: Pick<FittedDetector, 'online' | 'windowLength'>,
  channels: number,
): FittedDetector['scoreWindows'] {
  const frame = windowFrame(windowLength, channels)
  return (values, count, out) => {
    for (let w = 0; w < count; w++) out[w] = online().push(frame(values, w)).score[windowLength - 1]
  }
}
