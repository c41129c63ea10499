import { z } from 'zod'
import { fraction, option, positiveInteger } from '../../core/options.js'
import { trainOptions } from '../settings/train-options.js'
import { VARIED } from './space.js'

/** Options of `train` that a search has no use for. */
const UNUSED = { out: true, checkpoint: true, keepBest: true, architecture: true, detector: true } as const

/** Every option of a search: those of `train`, which its first trial takes, and its own. */
export const tuneOptions = trainOptions.omit(UNUSED).extend({
  epochs: option(
    positiveInteger().max(1_000_000).default(30),
    'Passes over the training windows at most, per trial.',
    {
      value: 'N',
    },
  ),
  trials: option(
    positiveInteger().max(100_000).default(20),
    'Trials at most, those of earlier runs included.',
    {
      value: 'N',
    },
  ),
  minutes: option(z.number().positive().optional(), 'No trial begins after this time. Default: no limit.', {
    value: 'X',
  }),
  vary: option(
    z
      .array(z.enum(VARIED))
      .min(1)
      .default([...VARIED]),
    'What is varied; the rest stays as given.',
    { value: 'NAMES' },
  ),
  holdout: option(
    fraction().default(0.2),
    'Last share of the history, into which faults are injected to evaluate the trials.',
    { value: 'X' },
  ),
})
export type TuneOptions = z.output<typeof tuneOptions>
