import { z } from 'zod'
import { fraction, option, positiveInteger } from '../../core/options.js'
import { readOptions } from '../../ingest/index.js'
import { detectOptions } from '../../pipeline/index.js'
import type { Call } from '../command.js'

const { timeColumn, labelColumn, rows, workers, chunkRows, memory } = detectOptions.shape
const duration = () =>
  z.string().regex(/^\d+(?:\.\d+)?(?:ms|s|m|h)$/, 'must be a duration such as 30s, 10m or 24h')

/** Every option of `telltale drift`. */
export const driftOptions = z.object({
  model: option(
    z.string().min(1).optional(),
    'Model with the reference: a folder, a file or NAME@VERSION. Every action but history needs it.',
    { value: 'MODEL', path: 'read' },
  ),
  alpha: option(
    fraction().default(0.01),
    'Expected share of false ones among the changes found (false discovery rate); with history the largest p-value of a trend.',
    { value: 'P' },
  ),
  scores: option(
    z.boolean().default(true),
    'Also compare the scores of the model with those of its calibration.',
    { without: 'Compare the channels only.' },
  ),
  failOnDrift: option(
    z.boolean().default(false),
    'Exit with code 11 when there is drift; never with the verdict ok.',
  ),
  onDrift: option(
    z.string().min(1).optional(),
    'Command that the shell runs when there is drift; TELLTALE_VERDICT, TELLTALE_REASON and TELLTALE_CHANNELS hold the verdict.',
    { value: 'COMMAND' },
  ),
  history: option(
    z.string().min(1).optional(),
    'With check and watch: file of JSON lines to which each check is added; `drift history` reads it, and watch continues after the last check in it.',
    { value: 'FILE', path: 'write' },
  ),
  interval: option(duration().default('10m'), 'With watch: time between two looks at the data.', {
    value: 'DURATION',
  }),
  batch: option(
    positiveInteger().default(1000),
    'With watch: new rows that are needed for a check; the first check takes all rows that are there.',
    { value: 'ROWS' },
  ),
  coolDown: option(
    duration().default('24h'),
    'With watch: time in which the same drift does not run --on-drift again. Another verdict, or other channels, runs it at once.',
    { value: 'DURATION' },
  ),
  looks: option(
    positiveInteger().optional(),
    'With watch: end after this number of looks. Default: Ctrl-C ends it.',
    {
      value: 'N',
    },
  ),
  days: option(z.number().positive().default(30), 'With history: days before the last check that count.', {
    value: 'N',
  }),
  out: option(
    z.string().min(1).optional(),
    'With export: file of the reference (JSON). With import: the model with the other reference, a folder, a file or a name in the registry.',
    { value: 'OUT', path: 'write' },
  ),
  timeColumn,
  labelColumn,
  rows,
  workers,
  chunkRows,
  memory,
  ...readOptions.shape,
})
export type DriftCall = Call<z.output<typeof driftOptions>>

/** One action of `telltale drift`: returns the exit code. @param name its argument: data or a file */
export type DriftAction = (call: DriftCall, name: string | undefined) => Promise<number>
