import type { Interval } from '../core/frame.js'

/** What a repair did to readings. */
export const CHANGE_KINDS = {
  'infinite-to-missing': 'infinite readings that became missing',
  'range-to-missing': 'readings outside of the valid range that became missing',
  'filled-hold': 'missing readings that took the value before',
  'filled-linear': 'missing readings set on the line between their neighbours',
  masked: 'missing readings filled for the detector and not counted',
} as const

/** One kind of change to one channel. The time axis and the set of channels never change. */
export interface Change {
  readonly kind: keyof typeof CHANGE_KINDS
  readonly channel: string
  /** Readings changed. */
  readonly count: number
  /** The first stretch of them. */
  readonly place: Interval
}
