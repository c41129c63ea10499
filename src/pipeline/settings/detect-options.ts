import { z } from 'zod'
import { asTrainedAll, option, positiveInteger } from '../../core/options.js'
import { channelRuleOptions, eventCountOptions } from '../../events/index.js'
import { adaptOptions, thresholdOptions } from '../../threshold/index.js'
import { missingOptions, validationLevel } from '../../validate/index.js'
import { alignment, labelColumn, rows, timeColumn, workers } from './shared.js'

/** Every option of `telltale detect`. */
export const detectOptions = z.object({
  model: option(z.string().min(1).optional(), 'Folder of the model.', { value: 'MODEL', path: 'read' }),
  scores: option(z.string().min(1).optional(), 'File for one row per sample (.csv, .jsonl, .parquet).', {
    value: 'FILE',
    path: 'write',
  }),
  events: option(z.string().min(1).optional(), 'File for one row per event (.csv, .jsonl, .parquet).', {
    value: 'FILE',
    path: 'write',
  }),
  timeColumn,
  labelColumn,
  rows,
  alignment,
  threshold: option(
    z.number().positive().optional(),
    'Multiple of the calibrated threshold to use as threshold (score 1.0); 2 = half as sensitive.',
    { value: 'X' },
  ),
  ...thresholdOptions,
  ...asTrainedAll(adaptOptions),
  stride: option(
    positiveInteger().max(100_000).default(1),
    'Stride: samples between scored windows; larger is faster and coarser.',
    { value: 'N' },
  ),
  batchSize: option(
    positiveInteger().max(65_536).optional(),
    'Windows scored together; affects speed and memory, not the result. Default: automatic.',
    { value: 'N' },
  ),
  chunkRows: option(
    positiveInteger().max(10_000_000).optional(),
    'Read and score this many rows at a time, so that memory does not grow with the table. Default: determined by --memory.',
    { value: 'N' },
  ),
  memory: option(
    positiveInteger().default(1024),
    'Memory limit, MB. A larger table is read and scored in chunks, as are standard input and --sql, whose size is unknown.',
    { value: 'MB' },
  ),
  ...asTrainedAll(eventCountOptions),
  ...channelRuleOptions,
  ...asTrainedAll({ missing: missingOptions.missing, maxGap: missingOptions.maxGap }),
  validationLevel,
  workers,
  failOnAnomaly: option(z.boolean().default(false), 'Exit with code 10 when an event is found.'),
})
/** Options of scoring with every default filled in. */
export type DetectOptions = z.output<typeof detectOptions>
