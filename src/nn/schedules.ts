import { z } from 'zod'

/** How the learning rate continues, as a factor of the one that the user gave. */
export const scheduleName = z.enum(['constant', 'cosine', 'reduce-on-plateau'])
export type ScheduleName = z.output<typeof scheduleName>

/** The learning rate is divided by this on a plateau. */
const PLATEAU_DIVISOR = 2
/** Epochs without a better validation loss that make a plateau. */
const PLATEAU_EPOCHS = 4
/** What `cosine` ends at. */
const LAST_SHARE = 0.01

/**
 * Factor of the learning rate.
 *
 * - `constant`: 1
 * - `cosine`: half a cosine from 1 to 0.01 over all epochs (Loshchilov & Hutter 2017, without restarts)
 * - `reduce-on-plateau`: halved each time the validation loss has not been better for 4 epochs
 *
 * @param progress share of all steps that are done, 0..1
 * @param plateaus how often the validation loss stood still so far
 * @example
 * import { learningRateFactor } from 'telltale/nn'
 * learningRateFactor('reduce-on-plateau', 0.5, 2) // => 0.25
 */
export function learningRateFactor(schedule: ScheduleName, progress: number, plateaus: number): number {
  switch (schedule) {
    case 'constant':
      return 1
    case 'cosine':
      return LAST_SHARE + (1 - LAST_SHARE) * 0.5 * (1 + Math.cos(Math.PI * progress))
    case 'reduce-on-plateau':
      return PLATEAU_DIVISOR ** -plateaus
  }
}

/** Plateaus in a run of epochs, from whether each of them was better than all before. */
export function countPlateaus(better: readonly boolean[]): number {
  let plateaus = 0
  let waited = 0
  for (const isBetter of better) {
    waited = isBetter ? 0 : waited + 1
    if (waited === PLATEAU_EPOCHS) {
      plateaus++
      waited = 0
    }
  }
  return plateaus
}
