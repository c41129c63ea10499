/** One scored sample of a device. */
export interface EventSample {
  /** Time in the kind of the machine: ms since epoch, or the row number. */
  readonly timeMs: number
  /** 1.0 = threshold; NaN where not scored. */
  readonly score: number
  /** Whether the sample is flagged; default: its score is above 1. */
  readonly flag?: boolean
  /** `[C]` non-negative shares of the channels in the score. */
  readonly residual: ArrayLike<number>
  /** How unusual the sample is without smoothing: above 0 = unusual; without it, events reach as far as the score does. */
  readonly sharp?: number
  /** `[C]` reading minus expected reading, and the expected one: only the rules of channels need them. */
  readonly deviation?: ArrayLike<number>
  readonly expected?: ArrayLike<number>
}
