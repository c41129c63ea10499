import { z } from 'zod'
import { option } from '../../core/options.js'
import { readOptions } from '../../ingest/index.js'
import { detectOptions } from '../../pipeline/index.js'

const { timeColumn, labelColumn, rows } = detectOptions.shape

/** Every option of `telltale models`. */
export const modelsOptions = z.object({
  alias: option(z.string().min(1).default('champion'), 'Alias to promote or roll back.', { value: 'NAME' }),
  why: option(z.string().max(1000).default(''), 'Reason, kept in the history.', { value: 'TEXT' }),
  note: option(z.string().max(10_000).optional(), 'With tag: note of the version.', { value: 'TEXT' }),
  keep: option(z.number().int().min(0).default(5), 'With prune: newest versions to keep.', { value: 'N' }),
  yes: option(z.boolean().default(false), 'With prune and delete: do it; without, only show it.'),
  key: option(z.string().min(1).optional(), 'With sign: file of the private key, see `telltale keys`.', {
    value: 'FILE',
    path: 'read',
  }),
  data: option(z.string().min(1).optional(), 'With compare: table to score with both models.', {
    value: 'DATA',
    path: 'read',
  }),
  timeColumn,
  labelColumn,
  rows,
  ...readOptions.shape,
})
export type ModelsOptions = z.output<typeof modelsOptions>
