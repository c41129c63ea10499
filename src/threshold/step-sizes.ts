import { z } from 'zod'
import type { Immutable } from '../core/state.js'

const positive = () => z.number().positive().max(3.4e38)

/** `StepSizes` as JSON: it comes from a stored model, so it is checked. */
export const stepSizesSchema = z
  .strictObject({
    /** Samples within which a step must raise an event. */
    within: z.number().int().min(1).max(1_000_000),
    channels: z
      .array(
        z
          .strictObject({
            name: z.string().min(1).max(10_000),
            /** Heights of a step, in the unit of the channel, rising. */
            sizes: z.array(positive()).min(1).max(100),
            /** For each, the highest raw level that 95 % of such steps exceed: never falling. */
            levels: z.array(z.number().min(0).max(3.4e38)).min(1).max(100),
          })
          .refine(({ sizes, levels }) => sizes.length === levels.length, 'sizes and levels must be as many')
          .refine(({ sizes }) => sizes.every((size, k) => k === 0 || size > sizes[k - 1]), 'sizes must rise')
          .refine(
            ({ levels }) => levels.every((level, k) => k === 0 || level >= levels[k - 1]),
            'levels must not fall',
          ),
      )
      .max(100_000),
  })
  .readonly()

/**
 * How large a step in one channel must be to exceed a level, measured by steps that are injected into normal data: for each channel some heights and the
 * level that each reaches.
 */
export type StepSizes = Immutable<z.output<typeof stepSizesSchema>>
export type ChannelSteps = StepSizes['channels'][number]

/**
 * The smallest step that is found 95 % of the time at a level, interpolated between measured ones on logarithmic scales; `Infinity` when the largest
 * measured one is not found.
 *
 * @example
 * import { smallestStep } from './step-sizes.js'
 * smallestStep({ name: 'flow', sizes: [1, 4], levels: [0.5, 8] }, 2).toFixed(6) // => '2.000000'
 */
export function smallestStep({ sizes, levels }: ChannelSteps, level: number): number {
  const k = levels.findIndex(one => one > level)
  if (k < 0) return Number.POSITIVE_INFINITY
  if (k === 0) return sizes[0]
  return between(level, [levels[k - 1], levels[k]], [sizes[k - 1], sizes[k]])
}

/**
 * The highest level at which a step of this height is found 95 % of the time: the inverse of `smallestStep`. A larger step than was measured counts as
 * the largest; undefined for a smaller one.
 */
export function levelOfStep({ sizes, levels }: ChannelSteps, size: number): number | undefined {
  if (size < sizes[0]) return undefined
  const k = sizes.findIndex(one => one >= size)
  if (k < 0) return levels[levels.length - 1]
  return sizes[k] === size ? levels[k] : between(size, [sizes[k - 1], sizes[k]], [levels[k - 1], levels[k]])
}

/** Keeps the logarithm of a level of 0 finite. */
const LEAST = 1e-30

function between(
  x: number,
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
): number {
  const log = (value: number) => Math.log(Math.max(LEAST, value))
  const share = (log(x) - log(x0)) / (log(x1) - log(x0))
  return Math.exp(log(y0) + share * (log(y1) - log(y0)))
}
