import { appendFrames, sampleCount, sliceFrame } from '../core/frame.js'
import type { ScoredSamples } from './step.js'

/** Scored samples that follow one another as one. At least one part. Cost O(N C). */
export function joinScored(parts: readonly ScoredSamples[]): ScoredSamples {
  const floats = (of: (part: ScoredSamples) => Float32Array) =>
    joined(parts.map(of), n => new Float32Array(n))
  const bytes = (of: (part: ScoredSamples) => Uint8Array) => joined(parts.map(of), n => new Uint8Array(n))
  const expected = parts.map(part => part.expected)
  const known = expected.filter(values => values !== undefined)
  const sharp = parts.map(part => part.sharp).filter(values => values !== undefined)
  return {
    frame: appendFrames(parts.map(part => part.frame)),
    score: floats(part => part.score),
    pValue: floats(part => part.pValue),
    severity: floats(part => part.severity),
    flag: bytes(part => part.flag),
    residual: floats(part => part.residual),
    reason: bytes(part => part.reason),
    trust: floats(part => part.trust),
    ...(sharp.length > 0 && { sharp: joined(sharp, n => new Float32Array(n)) }),
    ...(known.length > 0 && { expected: joined(known, n => new Float64Array(n)) }),
  }
}

/** Scored samples `[start, end)` as views. */
export function sliceScored(
  scored: ScoredSamples,
  start: number,
  end: number = sampleCount(scored.frame),
): ScoredSamples {
  const { frame, residual, sharp, expected } = scored
  const c = frame.channels.length
  return {
    frame: sliceFrame(frame, start, end),
    score: scored.score.subarray(start, end),
    pValue: scored.pValue.subarray(start, end),
    severity: scored.severity.subarray(start, end),
    flag: scored.flag.subarray(start, end),
    residual: residual.subarray(start * c, end * c),
    reason: scored.reason.subarray(start, end),
    trust: scored.trust.subarray(start, end),
    ...(sharp && { sharp: sharp.subarray(start, end) }),
    ...(expected && { expected: expected.subarray(start * c, end * c) }),
  }
}

function joined<A extends Float64Array | Float32Array | Uint8Array>(
  parts: readonly A[],
  make: (length: number) => A,
): A {
  const all = make(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
