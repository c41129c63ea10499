import type { Interval } from '../core/frame.js'

/** Kinds of repairs. */
export const CHANGE_KINDS = {
  'infinite-to-missing': 'infinite readings that became missing',
  'range-to-missing': 'readings outside the valid range that became missing',
  'filled-hold': 'missing readings filled with the previous value',
  'filled-linear': 'missing readings filled by linear interpolation',
  masked: 'missing readings filled with what the other channels call for',
} as const

/** One kind of change to one channel. The time axis and the set of channels never change. */
export interface Change {
  readonly kind: keyof typeof CHANGE_KINDS
  readonly channel: string
  /** Readings changed. */
  readonly count: number
  /** The first interval of them. */
  readonly place: Interval
}
