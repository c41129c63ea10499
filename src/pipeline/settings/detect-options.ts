import { z } from 'zod'
import { grouped, option, positiveInteger } from '../../core/options.js'
import { sessionOptions } from '../../session/index.js'
import { labelColumn, rows, timeColumn, workers } from './shared.js'

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
  report: option(
    z.string().min(1).optional(),
    'File for a report with charts (.html): one page that needs no network. The table is read whole.',
    { value: 'FILE', path: 'write' },
  ),
  explain: option(
    z.boolean().default(true),
    'Say kind, verdict and one sentence of the 100 events with the highest scores, of all devices together.',
    { without: 'Do not explain events.' },
  ),
  ...grouped('Table', { timeColumn, labelColumn, rows }),
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
  ...sessionOptions,
  workers,
  failOnAnomaly: option(z.boolean().default(false), 'Exit with code 10 when an event is found.'),
})
/** Options of scoring with every default filled in. */
export type DetectOptions = z.output<typeof detectOptions>
