import { z } from 'zod'
import { option } from '../../core/options.js'
import { readOptions } from '../../ingest/index.js'
import { detectOptions } from '../../pipeline/index.js'
import { defineCommand } from '../command.js'
import { detectCommand } from './detect.js'

const schema = detectOptions
  .required({ model: true })
  .omit({ scores: true, events: true, report: true, explain: true, chunkRows: true, memory: true })
  .extend({
    out: option(z.string().min(1), 'File for the report (.html).', { value: 'FILE', path: 'write' }),
    ...readOptions.shape,
  })

export const reportCommand = defineCommand({
  name: 'report',
  summary:
    'Writes one page with everything about a scored table: events, charts, calibration, drift, health.',
  description:
    'The same as `detect --report FILE`. The page is one file without a network: a timeline with zoom and hover, a card for each event with what was expected, the ' +
    'distribution of the scores, agreement with labels, drift, data health, and the model.',
  arguments: detectCommand.arguments,
  schema,
  examples: [
    'telltale report today.csv --model model --out today.html',
    'telltale report today.csv --model pump@champion --registry models --out today.html',
  ],
  run({ options: { out, ...options }, ...call }) {
    const { memory } = detectOptions.parse({})
    return detectCommand.run({ ...call, options: { ...options, report: out, explain: true, memory } })
  },
})
