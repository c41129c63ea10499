import type { FittedDetector, FittedScaler } from '../core/contracts.js'
import { asScaled, type Frame } from '../core/frame.js'

/** Pulls a channel that the others say little about towards its mean: share of the variance that is noise. */
export const COMPONENT_NOISE = 0.1
/** The same where readings are filled in: a share that is too large makes a swing that the channels have in common smaller, which shows as a fault of the others. */
export const FILL_NOISE = 0.02
/** Standard deviations beyond which evidence counts no more: one wild sensor must not move what is expected of the others. */
export const EVIDENCE_LIMIT = 6
/** Rounds in which several unknown channels of a sample are brought into agreement. */
const ROUNDS = 8

/** What components expect of a scaled sample x is affine, P x + q: its columns, `[(C + 1) * C]`, first q, then those of P. */
export function componentMap(
  components: FittedDetector,
  frame: Pick<Frame, 'channels' | 'timeKind'>,
): Float64Array {
  const width = frame.channels.length
  const probes = new Float32Array((width + 1) * width)
  for (let c = 0; c < width; c++) probes[(c + 1) * width + c] = 1
  const timeMs = Float64Array.from({ length: width + 1 }, (_, i) => i)
  const scorer = components.online({ expected: true })
  const { expected } = scorer.push(asScaled({ ...frame, timeMs }, probes))
  const answers = Float64Array.from(expected as Float32Array)
  for (let at = width; at < answers.length; at++) answers[at] -= answers[at % width]
  return answers
}

/** Every scaler is affine: the reading that is 0 when scaled, and the distance of that which is 1. */
export function scalerUnits(
  scaler: FittedScaler,
  frame: Pick<Frame, 'channels' | 'timeKind'>,
): { readonly offset: number; readonly scale: number }[] {
  const width = frame.channels.length
  const ends = Float32Array.from({ length: 2 * width }, (_, at) => (at < width ? 0 : 1))
  const { values } = scaler.inverse(asScaled({ ...frame, timeMs: Float64Array.of(0, 1) }, ends))
  return frame.channels.map((_, c) => ({ offset: values[c], scale: values[width + c] - values[c] }))
}

/** Writes what the known readings of a sample call for in place of its unknown ones. `values` and `unknown` are rows, `[n * C]`; `at` is where the sample begins. */
export type FillSample = (values: Float64Array, at: number, unknown: Uint8Array) => void

/** By the components of a model: many series share one. */
const fills = new WeakMap<FittedDetector, FillSample>()

/**
 * Fills unknown readings with those at which the sample lies in the subspace of principal components of the history. NaN that is not unknown counts as a usual
 * reading. Made once for the components of a model, which have one scaler. Cost O(C U) per sample with U unknown readings, 8 times where there are several.
 *
 * @param components of scaled samples, one at a time
 */
export function fillByComponents(
  components: FittedDetector,
  scaler: FittedScaler,
  frame: Pick<Frame, 'channels' | 'timeKind'>,
): FillSample {
  const known = fills.get(components)
  if (known) return known
  const width = frame.channels.length
  const map = componentMap(components, frame)
  const units = scalerUnits(scaler, frame)
  const scaled = new Float64Array(width)
  const fill: FillSample = (values, at, unknown) => {
    const free: number[] = []
    for (let c = 0; c < width; c++) {
      if (unknown[at + c]) free.push(c)
      const value = unknown[at + c] ? 0 : (values[at + c] - units[c].offset) / units[c].scale
      scaled[c] = Number.isNaN(value) ? 0 : Math.min(EVIDENCE_LIMIT, Math.max(-EVIDENCE_LIMIT, value))
    }
    // Each unknown reading in turn, by the others: the system is diagonally dominant by the noise.
    for (let round = 0; round < (free.length > 1 ? ROUNDS : 1); round++)
      for (const c of free) {
        let sum = map[c]
        for (let from = 0; from < width; from++)
          if (from !== c) sum += map[(from + 1) * width + c] * scaled[from]
        scaled[c] = sum / (1 + FILL_NOISE - map[(c + 1) * width + c])
      }
    for (const c of free) values[at + c] = units[c].offset + units[c].scale * scaled[c]
  }
  fills.set(components, fill)
  return fill
}
