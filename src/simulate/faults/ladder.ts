import { FAULT_CATALOGUE, type FaultName } from './catalogue.js'

/** Faults of one kind from barely visible to obvious: the quantity that grows from step to step, and its unit. */
export interface FaultLadder {
  /** `spreads`: the magnitude grows at the usual duration. `samples`: the duration grows, for a kind that has no size or whose size is a count. */
  readonly unit: 'spreads' | 'samples'
  /** In the unit, rising. */
  readonly steps: readonly number[]
}

const SIZES = {
  unit: 'spreads',
  steps: [0.1, 0.2, 0.5, 1, 2, 3, 5, 8, 12, 20],
} as const satisfies FaultLadder
const DURATIONS = { unit: 'samples', steps: [5, 10, 20, 40, 80, 160, 320] } as const satisfies FaultLadder

/**
 * The steps of each kind of the catalogue. A dropout begins at 0: it falls to the smallest normal reading even then.
 *
 * @example
 * import { FAULT_LADDERS } from './ladder.js'
 * FAULT_LADDERS.frozen.unit // => 'samples'
 */
export const FAULT_LADDERS: Readonly<Record<FaultName, FaultLadder>> = {
  spike: SIZES,
  'level-shift': SIZES,
  drift: SIZES,
  frozen: DURATIONS,
  dropout: { unit: 'spreads', steps: [0, ...SIZES.steps] },
  'noise-burst': SIZES,
  'correlation-break': DURATIONS,
  oscillation: SIZES,
}

/** Magnitude and length in samples of a step: what it does not name is usual for the kind, in the middle of its durations and of medium difficulty. */
export function faultAtStep(kind: FaultName, step: number): { magnitude: number; length: number } {
  const { duration, magnitude } = FAULT_CATALOGUE[kind]
  return FAULT_LADDERS[kind].unit === 'samples'
    ? { magnitude: magnitude.medium, length: step }
    : { magnitude: step, length: Math.round((duration[0] + duration[1]) / 2) }
}
