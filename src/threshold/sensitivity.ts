import type { FittedThreshold } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { quantileOfSorted } from '../stats/index.js'
import { MOST_ABOVE } from './alarm-budget.js'
import { fixedThreshold, usableScores } from './fixed.js'
import { levelOfStep, type StepSizes, smallestStep } from './step-sizes.js'

/** The words of `--sensitivity`, and the quantile of normal scores that each stands for. */
export const SENSITIVITIES = { low: 0.9999, normal: 0.999, high: 0.99 } as const

/** A step that must be found: its height, in the unit of the channel. */
export interface WantedStep {
  readonly name: string
  readonly size: number
}

/** `NAME=X` as a step. @throws OptionError `option-invalid` */
export function parseStep(text: string): WantedStep {
  const at = text.lastIndexOf('=')
  const size = Number(text.slice(at + 1))
  if (at > 0 && size > 0 && Number.isFinite(size)) return { name: text.slice(0, at), size }
  throw invalid(
    text,
    'it must be low, normal or high, or steps that must be found, such as bearing_temp=2 in the unit of the channel',
  )
}

/** A level a hair below what a step reaches, which exceeds it then. */
const BELOW = 1 - 1e-6

/**
 * The highest level at which each of these steps is found 95 % of the time: as few false alarms as the wanted sensitivity leaves.
 *
 * @param steps what was measured in the training
 * @throws OptionError `option-invalid` for a channel or a size that was not measured; `sensitivity-too-high` when the level would leave the device in alarm
 * for more than 3 % of the normal time; DataError `data-calibration-short`
 */
export function sensitivityThreshold(wanted: readonly string[], steps: StepSizes | undefined) {
  return {
    fit(scores: ArrayLike<number>): FittedThreshold {
      const { sorted, counts } = usableScores(scores, 'a sensitivity')
      const found = wanted.map(text => {
        const { name, size } = parseStep(text)
        const measured = steps?.channels.find(channel => channel.name === name)
        const level = measured && levelOfStep(measured, size)
        if (measured === undefined || level === undefined) throw invalid(text, known(steps, measured))
        return { name, size, measured, level }
      })
      const hardest = found.reduce((a, b) => (b.level < a.level ? b : a))
      const most = quantileOfSorted(sorted, 1 - MOST_ABOVE)
      if (hardest.level < most) {
        const above = sorted.reduce((count, score) => count + (score >= hardest.level ? 1 : 0), 0)
        const smallest = smallestStep(hardest.measured, most)
        throw createError('sensitivity-too-high', {
          size: hardest.size,
          channel: hardest.name,
          share: Number(((100 * above) / sorted.length).toPrecision(2)),
          most: 100 * MOST_ABOVE,
          smallest: Number.isFinite(smallest)
            ? Number(smallest.toPrecision(3))
            : 'larger than any that was tried',
        })
      }
      return fixedThreshold('threshold:sensitivity', hardest.level * BELOW, {
        sensitivity: [...wanted],
        ...counts,
      })
    },
  }
}

function invalid(got: string, wanted: string) {
  return createError('option-invalid', { name: '--sensitivity', got, where: 'the options', wanted })
}

function known(steps: StepSizes | undefined, measured: StepSizes['channels'][number] | undefined): string {
  if (measured)
    return `steps from ${Number(measured.sizes[0].toPrecision(3))} on were measured in the training: train with this one`
  const names = steps?.channels.map(({ name }) => name) ?? []
  return names.length === 0
    ? 'no steps were measured in the training of this model: give it to train, or a word: low, normal or high'
    : `it must name one of the channels whose steps were measured: ${names.slice(0, 20).join(', ')}`
}
