import type { Scores } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { type CalendarCycle, cycleExpected, withoutCycle } from './calendar-cycle.js'
import { clip } from './scores.js'
import { heldStill } from './still.js'

/** How what members see differs from the readings. */
export interface View {
  /** See `stillChannels`. */
  readonly still?: Float32Array
  readonly hidden?: Hidden
  /** See `findCycle`. */
  readonly cycle?: CalendarCycle
}

/** Channels that some members do not see. */
export interface Hidden {
  /** `[C]` 0 for a hidden channel, NaN for the others. */
  readonly channels: Float32Array
  /** Of each member, whether they are hidden from it. */
  readonly from: readonly boolean[]
}

/** @param hidden numbers of the channels @param from see `Hidden` */
export function hiddenChannels(
  hidden: readonly number[],
  channels: number,
  from: readonly boolean[],
): Hidden {
  const values = new Float32Array(channels).fill(Number.NaN)
  for (const c of hidden) values[c] = 0
  return { channels: values, from }
}

/** Whether member `m` does not see channel `c`. */
export function isHidden({ channels, from }: Hidden, m: number, c: number): boolean {
  return from[m] === true && !Number.isNaN(channels[c])
}

/**
 * What each of `count` members is given of a frame: still channels are where they were in training, hidden ones stay in the middle of their scale, and a calendar cycle is
 * taken out. A missing reading stays missing.
 */
export function memberViews(
  frame: ScaledFrame,
  count: number,
  { still, hidden, cycle }: View,
): ScaledFrame[] {
  const rest = cycle ? withoutCycle(frame, cycleExpected(cycle, frame), cycle) : frame
  const held = still ? heldStill(rest, still) : rest
  const measured = hidden ? heldStill(held, hidden.channels) : held
  return Array.from({ length: count }, (_, m) => (hidden?.from[m] ? measured : held))
}

/** What relations between channels are looked for in, see `crossRegression`: measurements alone. */
export function relationsView(
  frame: ScaledFrame,
  { still, hidden }: Pick<View, 'still' | 'hidden'>,
): ScaledFrame {
  const [seen] = memberViews(frame, 1, { still, hidden: hidden && { ...hidden, from: [true] } })
  return seen
}

/**
 * The residuals of the channels that member `m` does not see: the squared reading, in the unit of its scale. They count for the rule of switches alone, not for
 * the mean of the member.
 *
 * @param scores of member `m`, one for each sample of the frame
 * @returns the same scores, changed in place
 */
export function withHidden(
  scores: Scores,
  m: number,
  frame: ScaledFrame,
  hidden: Hidden | undefined,
): Scores {
  if (!hidden?.from[m]) return scores
  const { residual, reason } = scores
  const width = hidden.channels.length
  for (let i = 0; i < reason.length; i++) {
    if (reason[i] !== 0) continue
    for (let c = 0, at = i * width; c < width; c++, at++)
      if (!Number.isNaN(hidden.channels[c])) residual[at] = clip(frame.values[at]) ** 2
  }
  return scores
}

/** What was expected of readings without their calendar cycle, as readings; changed in place. @param scores one for each sample of the frame */
export function withCycle(scores: Scores, frame: ScaledFrame, cycle: CalendarCycle | undefined): Scores {
  if (!cycle || !scores.expected) return scores
  const { expected } = scores
  cycleExpected(cycle, frame).forEach((value, i) => {
    expected[i] = expected[i] * cycle.rest + value
  })
  return scores
}
