import type { Random } from '../../core/random.js'

/** What a fault does to one channel. */
export interface FaultKind {
  /** One sentence: what it looks like, and what it stands for in a real plant. */
  readonly description: string
  /** Shortest and longest usual duration in samples. */
  readonly duration: readonly [shortest: number, longest: number]
  /** Usual magnitude by difficulty; the description names its unit. Of `subtle` faults spreads are noises, see `ChannelRange`. */
  readonly magnitude: Readonly<Record<Difficulty, number>>
  /** Most channels that it usually hits at once. */
  readonly channels: number
  /**
   * Changes the readings of one channel in the interval.
   *
   * @param x the readings `[n]` of the interval, changed in place
   * @param magnitude see `description`
   * @param channel of the channel in normal operation
   */
  apply(x: Float64Array, magnitude: number, channel: ChannelRange, random: Random): void
}

export const DIFFICULTIES = ['easy', 'medium', 'hard', 'subtle'] as const
export type Difficulty = (typeof DIFFICULTIES)[number]

export interface ChannelRange {
  /** What a magnitude of 1 is: 1.4826 MAD of the readings; for a gradual fault the noise, 1.4826 MAD of the steps between samples over the root of 2. */
  readonly spread: number
  readonly smallest: number
}

/** Every kind of fault, by name. A new kind is one entry here and its tests; it does not shift the base signal. */
export const FAULT_CATALOGUE = {
  spike: {
    description:
      'One to three samples far off to one side, magnitude in spreads: a transmission error, an electric transient.',
    duration: [1, 3],
    magnitude: { easy: 8, medium: 5, hard: 3, subtle: 6 },
    channels: 1,
    apply(x, magnitude, { spread }, random) {
      const height = sign(random) * magnitude * spread
      for (let i = 0; i < x.length; i++) x[i] += height
    },
  },
  'level-shift': {
    description:
      'A constant added to the readings, magnitude in spreads: a lost calibration, a partial blockage.',
    duration: [40, 160],
    magnitude: { easy: 4, medium: 2, hard: 1, subtle: 4 },
    channels: 2,
    apply(x, magnitude, { spread }, random) {
      const height = sign(random) * magnitude * spread
      for (let i = 0; i < x.length; i++) x[i] += height
    },
  },
  drift: {
    description:
      'A ramp from nothing to the magnitude (in spreads) at the last sample, then repaired: fouling, wear, an ageing sensor.',
    duration: [120, 300],
    magnitude: { easy: 5, medium: 3, hard: 1.5, subtle: 6 },
    channels: 2,
    apply(x, magnitude, { spread }, random) {
      const height = sign(random) * magnitude * spread
      for (let i = 0; i < x.length; i++) x[i] += (height * (i + 1)) / x.length
    },
  },
  frozen: {
    description: 'The first reading is repeated, magnitude unused: a stuck transmitter, a dead gateway.',
    duration: [30, 120],
    magnitude: { easy: 0, medium: 0, hard: 0, subtle: 0 },
    channels: 1,
    apply(x) {
      x.fill(x[0])
    },
  },
  dropout: {
    description:
      'The reading falls to the low end of its scale, the smallest normal value less the magnitude in spreads: a broken wire, a lost supply.',
    duration: [4, 40],
    magnitude: { easy: 3, medium: 1, hard: 0, subtle: 0 },
    channels: 1,
    apply(x, magnitude, { spread, smallest }) {
      x.fill(smallest - magnitude * spread)
    },
  },
  'noise-burst': {
    description:
      'White noise added, its standard deviation the magnitude in spreads: a loose contact, cavitation, interference.',
    duration: [30, 120],
    magnitude: { easy: 2, medium: 1, hard: 0.5, subtle: 2 },
    channels: 2,
    apply(x, magnitude, { spread }, random) {
      for (let i = 0; i < x.length; i++) x[i] += magnitude * spread * random.normal()
    },
  },
  'correlation-break': {
    description:
      'The interval is cut into pieces (their number is the magnitude) that are put together in reverse order: the same readings, but no longer those that the other channels call for: a bypass, a swapped cable, a slipping belt.',
    duration: [80, 200],
    magnitude: { easy: 8, medium: 4, hard: 2, subtle: 2 },
    channels: 1,
    apply(x, magnitude) {
      const before = x.slice()
      const edge = (piece: number) => Math.round((piece * x.length) / magnitude)
      let at = 0
      for (let piece = magnitude - 1; piece >= 0; piece--) {
        const part = before.subarray(edge(piece), edge(piece + 1))
        x.set(part, at)
        at += part.length
      }
    },
  },
  oscillation: {
    description:
      'A sine of 6 to 20 samples per period added, its amplitude the magnitude in spreads: a hunting controller, a resonance.',
    duration: [60, 200],
    magnitude: { easy: 2, medium: 1, hard: 0.5, subtle: 3 },
    channels: 2,
    apply(x, magnitude, { spread }, random) {
      const period = 6 + 14 * random.uniform()
      for (let i = 0; i < x.length; i++)
        x[i] += magnitude * spread * Math.sin((2 * Math.PI * (i + 1)) / period)
    },
  },
} as const satisfies Record<string, FaultKind>

export type FaultName = keyof typeof FAULT_CATALOGUE

/** Names of the catalogue, in its order. */
export const FAULT_KINDS = Object.keys(FAULT_CATALOGUE) as readonly FaultName[]

const sign = (random: Random) => (random.uniform() < 0.5 ? -1 : 1)
