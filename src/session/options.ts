import { z } from 'zod'
import { ALIGNMENTS } from '../core/contracts.js'
import { asTrainedAll, option, optionOf, positiveInteger } from '../core/options.js'
import { channelRuleOptions, eventCountOptions } from '../events/index.js'
import { adaptOptions, thresholdOptions } from '../threshold/index.js'
import { missingOptions, validationLevel } from '../validate/index.js'
import { watchOptions } from './watch-options.js'

/** The options of scoring that a command and a session share. */
export const sessionOptions = {
  alignment: option(
    z.enum(ALIGNMENTS).optional(),
    'causal: a score uses only the samples up to it, as on a live stream. two-sided: also later ones, sharper in time. Default: two-sided for files, causal for sessions.',
  ),
  threshold: option(
    z.number().positive().optional(),
    'Multiple of the calibrated threshold to use as threshold (score 1.0); 2 = half as sensitive.',
    { value: 'X' },
  ),
  ...thresholdOptions,
  ...asTrainedAll(adaptOptions),
  stride: optionOf(
    ['autoencoder'],
    positiveInteger().max(100_000),
    'Stride: samples between scored windows; larger is faster and coarser.',
    { value: 'N', standard: 1 },
  ),
  batchSize: optionOf(
    ['autoencoder'],
    positiveInteger().max(65_536),
    'Windows scored together; affects speed and memory, not the result. Default: automatic.',
    { value: 'N' },
  ),
  ...asTrainedAll(eventCountOptions),
  ...channelRuleOptions,
  ...asTrainedAll({ missing: missingOptions.missing, maxGap: missingOptions.maxGap }),
  validationLevel,
} as const

/** Every setting of a session. `SessionSettings` is written from it. */
export const sessionSettings = z.object({
  ...sessionOptions,
  ...asTrainedAll({ missingByChannel: missingOptions.missingByChannel }),
  ...watchOptions,
  expected: option(
    z.boolean().optional(),
    'Report what the detector expected of each channel. Default: only when a rule of channels needs it.',
  ),
  timeZone: option(
    z.string().min(1).optional(),
    'Time zone of times in maintenance that name none. Default: UTC.',
  ),
})
