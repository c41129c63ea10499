import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { fraction, option, positiveInteger } from '../../core/options.js'
import { readOptions, readTable } from '../../ingest/index.js'
import { type GateReport, trainOptions } from '../../pipeline/index.js'
import { formatRows, type Row } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { saveModel } from '../../store/index.js'
import { challenge, checkText, publishChallenger } from '../challenge.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_NOT_PROMOTED, EXIT_OK } from '../exit-codes.js'
import { openFleet } from '../fleet.js'
import { readLabelled } from '../labels.js'
import { modelIn, modelTarget, registryOf } from '../model-place.js'
import { neededReference } from '../models/request.js'
import { printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import { retrainFleet } from '../retrain-fleet.js'
import { tableSource } from '../table-source.js'

const { timeColumn, rows, workers } = trainOptions.shape

const schema = z.object({
  model: option(z.string().min(1), 'The champion, NAME@VERSION in the registry, such as pump@champion.', {
    value: 'NAME@VERSION',
    path: 'read',
  }),
  alias: option(z.string().min(1).default('champion'), 'Alias that names the challenger when it passes.', {
    value: 'ALIAS',
  }),
  labels: option(
    z.string().min(1).optional(),
    'Confirmed events: a column of 0 and 1, or a file as evaluate takes it. They are no false alarms, and the challenger must find those that the champion finds.',
    { value: 'COLUMN|FILE', path: 'read' },
  ),
  holdOut: option(
    fraction().default(0.3),
    'Share of the rows, the last ones, that the models are compared on.',
    {
      value: 'P',
    },
  ),
  repeats: option(
    positiveInteger().default(2),
    'Copies of these rows that faults of each kind are injected into.',
  ),
  seed: option(z.number().int().nonnegative().default(1), 'Seed of the injected faults.'),
  promote: option(z.boolean().default(true), 'Promote a challenger that passes.', {
    without: 'Promote no challenger.',
  }),
  timeColumn,
  rows,
  workers,
  ...readOptions.shape,
})
type Options = z.output<typeof schema>

export const retrainCommand = defineCommand({
  name: 'retrain',
  summary: 'Trains a challenger on recent data and promotes it when it is not worse than the champion.',
  description:
    'The challenger gets the options of the champion and learns from all rows but the last ones. On these both are compared: false alarms, injected faults, confirmed events ' +
    '(docs/models.md has the rules). It becomes the next version, with the alias challenger, and when it passes also with the alias of the champion; else the exit code is 12. ' +
    'The alarms of both are listed. Of a fleet the next version has the challenger of each device that passes, and the model it had of the others.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Recent data with the channels of the champion.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale retrain last-month.csv --model pump@champion --registry models',
    'telltale retrain last-month.csv --model pump@champion --registry models --labels confirmed.csv',
    'telltale retrain last-month.csv --model pump@champion --registry models --no-promote --format json',
    'telltale retrain last-month.parquet --model pumps@champion --registry models --group-by pump',
  ],
  async run({ args: [data], options, cli, io, progress }: Call<Options>) {
    const registry = registryOf(io, cli)
    if (registry === undefined) throw createError('option-missing', { name: '--registry' })
    const reference = await neededReference(registry, options.model)
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const fleet = await openFleet(io, await modelIn(io, cli, options.model), runtime, false)
    if (fleet?.members) {
      if (options.device !== undefined)
        throw createError('option-invalid', {
          name: 'device',
          got: options.device,
          where: options.model,
          wanted: 'must be left out: the models of a fleet are compared together',
        })
      const { members } = fleet
      const retraining = { data, options, registry, name: reference.name, fleet: { ...fleet, members } }
      return retrainFleet({ io, cli, progress }, retraining)
    }
    const champion = await openModel(io, cli, { model: options.model }, runtime)
    const { info } = champion
    const { read, times } = tableSource(io, data, options, info)
    const { table, labels } = await readLabelled(io, options.labels, times, labelColumn =>
      read((source, request) =>
        readTable(source, {
          ...request,
          ...(labelColumn !== undefined && { labelColumn }),
          expectChannels: info.channels,
        }),
      ),
    )
    printNotes(io, table.notes)
    const target = await modelTarget(io, cli, reference.name, false)
    try {
      const confirmed = options.labels === undefined ? undefined : labels
      const samples = { frame: table.frame, ...(confirmed && { labels: confirmed }) }
      const { challenger, report, timeMs } = await challenge(io, champion, samples, options, times, progress)
      progress.finish()
      await saveModel(challenger, target.path)
      const why = `retrain ${data ?? ''}: ${report.checks.map(checkText).join('; ')}`
      const alias = report.passed && options.promote ? options.alias : undefined
      const published = await publishChallenger(registry, target, alias, why)
      io.stdout(resultText(report, published, alias ?? null, timeMs, cli.format))
      return report.passed ? EXIT_OK : EXIT_NOT_PROMOTED
    } finally {
      progress.finish()
      await target.discard()
    }
  },
})

function resultText(
  { passed, checks, alarms }: GateReport,
  version: string,
  alias: string | null,
  timeMs: Float64Array,
  format: Call['cli']['format'],
): string {
  const shown = alarms.map(({ start, end, by, confirmed }) => ({
    start: new Date(timeMs[start]).toISOString(),
    end: new Date(timeMs[end - 1]).toISOString(),
    'found by': by,
    confirmed,
  }))
  if (format === 'json')
    return `${JSON.stringify({ version, passed, promoted: alias, checks, alarms: shown }, null, 2)}\n`
  const rows = checks.map(({ passed, ...check }): Row => ({ ...check, result: passed ? 'passed' : 'failed' }))
  if (format !== 'table') return formatRows(rows, format)
  const verdict =
    alias !== null ? `is now ${alias}` : passed ? 'passed and was not promoted' : 'was not promoted'
  return [
    formatRows(rows, 'table'),
    ...(shown.length > 0 ? [formatRows(shown, 'table')] : ['no alarms of either model\n']),
    `the challenger ${version} ${verdict}\n`,
  ].join('\n')
}
