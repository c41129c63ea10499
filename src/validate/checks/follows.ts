import type { Check } from '../evidence.js'
import type { ChannelProfile } from '../profile.js'
import type { Readings } from '../readings.js'
import { SAMPLED, spreadPositions } from '../sample.js'

/** A switch or a coarse channel follows from others by chance. */
const LEAST_DISTINCT = 20
/** Samples per channel: fewer would let any channel follow from the others. */
const SAMPLES_PER_CHANNEL = 10
const LEAST_SAMPLES = 100
/** More channels cost too much: n C^2. */
const MOST_CHANNELS = 200
/** Part of the deviation of a channel that calculation with 64 bits may leave. */
const PRECISION = 1e-7
/** Part of the deviation of a channel that rounding may hide: more would let a channel that hardly moves follow from anything. */
const MOST_ROUNDING = 0.1
/** A channel counts as a source from this part of the deviation on. */
const LEAST_PART = 1e-3
const MOST_NAMED = 3

/**
 * Channels that are a linear function of earlier ones in every sample, up to the resolution of each. Equal channels are another issue.
 * Cost O(n C^2) of n <= 4096 samples: an orthogonal basis of the channels (modified Gram-Schmidt).
 */
export const checkFollows: Check = ({ samples, channels, readings, schema }) => {
  const used = channels.flatMap((profile, c) => (profile.distinct >= LEAST_DISTINCT ? [c] : []))
  if (schema || used.length < 2 || used.length > MOST_CHANNELS) return []
  const columns = completeColumns(readings, used, samples)
  const n = columns[0].length
  if (n < Math.max(LEAST_SAMPLES, SAMPLES_PER_CHANNEL * used.length)) return []
  const resolutions = used.map((c, k) => resolutionOf(channels[c], columns[k]))
  const basis: BasisChannel[] = []
  return used.flatMap((c, k) => {
    const own = columns[k]
    const rest = centred(own)
    const size = norm(rest)
    const steps = basis.map(({ direction }) => removeDirection(rest, direction))
    const weights = weightsOf(basis, steps)
    const rounding = weights.reduce(
      (sum, weight, b) => sum + Math.abs(weight) * basis[b].resolution,
      resolutions[k],
    )
    // Half a step of rounding on either side.
    const deviation = size / Math.sqrt(n)
    const limit = Math.max(rounding / 2, PRECISION * deviation)
    if (limit <= MOST_ROUNDING * deviation && rest.every(value => Math.abs(value) <= limit)) {
      // What rounding can hide is no source.
      const least = Math.max(LEAST_PART * size, limit * Math.sqrt(n))
      const sources = basis.filter((_, b) => Math.abs(weights[b]) * basis[b].size >= least)
      const isTwin = sources.some(source => readings.areEqual(source.c, c))
      return sources.length === 0 || isTwin
        ? []
        : [
            {
              code: 'channel-follows' as const,
              channel: channels[c].name,
              values: { others: namesOf(sources.map(source => channels[source.c].name)) },
            },
          ]
    }
    const length = norm(rest)
    basis.push({
      c,
      resolution: resolutions[k],
      size,
      steps,
      length,
      direction: rest.map(value => value / length),
    })
    return []
  })
}

/** A channel that does not follow from those before it. */
interface BasisChannel {
  readonly c: number
  readonly resolution: number
  /** Euclidean norm of its deviations from their mean. */
  readonly size: number
  /** Its parts along the directions before it, and what is left. */
  readonly steps: readonly number[]
  readonly length: number
  readonly direction: Float64Array
}

/** `[C][n]` readings of spread samples in which every channel has one. */
function completeColumns(readings: Readings, used: readonly number[], samples: number): Float64Array[] {
  const positions = spreadPositions(samples, SAMPLED)
  const all = used.map(c => readings.at(c, positions))
  const complete = [...positions.keys()].filter(k => all.every(column => Number.isFinite(column[k])))
  return all.map(column => Float64Array.from(complete, k => column[k]))
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map(value => value - mean)
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}

/** Takes the part along a unit vector out of values, and gives its length. */
function removeDirection(values: Float64Array, direction: Float64Array): number {
  let part = 0
  for (let i = 0; i < values.length; i++) part += values[i] * direction[i]
  for (let i = 0; i < values.length; i++) values[i] -= part * direction[i]
  return part
}

/** Parts along the directions as weights of the channels themselves: a triangular system. */
function weightsOf(basis: readonly BasisChannel[], steps: readonly number[]): number[] {
  const weights = [...steps]
  for (let b = basis.length - 1; b >= 0; b--) {
    weights[b] /= basis[b].length
    for (let before = 0; before < b; before++) weights[before] -= weights[b] * basis[b].steps[before]
  }
  return weights
}

/** The smallest difference between two readings. */
function resolutionOf({ distinct, sampled }: ChannelProfile, values: Float64Array): number {
  const sorted = values.toSorted()
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i] > sorted[i - 1]) least = Math.min(least, sorted[i] - sorted[i - 1])
  // Without a reading that comes twice, the smallest difference is chance.
  return distinct < sampled ? least : 0
}

function namesOf(names: readonly string[]): string {
  const isLong = names.length > MOST_NAMED + 1
  const last = isLong ? `${names.length - MOST_NAMED} others` : names.at(-1)
  const first = isLong ? names.slice(0, MOST_NAMED) : names.slice(0, -1)
  return first.length === 0 ? `${last}` : `${first.join(', ')} and ${last}`
}
