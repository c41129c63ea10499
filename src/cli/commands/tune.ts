import { z } from 'zod'
import { configText } from '../../config/index.js'
import { formatDuration } from '../../core/duration.js'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { writeOutput } from '../../files/index.js'
import { readOptions, readTable } from '../../ingest/index.js'
import { ARCHITECTURES, type ArchitectureDefinition } from '../../nn/index.js'
import { type Trial, tune, tuneOptions } from '../../pipeline/index.js'
import { formatNumber, formatRows } from '../../report/index.js'
import { readArchitecture } from '../architecture.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { checkFolder, pathIn } from '../paths.js'
import { tableSource } from '../table-source.js'

/** Networks that train in seconds; others on request. */
const DEFAULT_ARCHITECTURES = ['lstm-autoencoder', 'dense-ae', 'conv-ae', 'gru-forecaster', 'conv-forecaster']

export const tuneCommand = defineCommand({
  name: 'tune',
  summary: 'Searches architectures and hyperparameters for a history, and prints the trials, best first.',
  description:
    'Each trial is trained on the first part of the history and evaluated on the last: by how well it separates injected faults from ' +
    'normal rows (area under the precision-recall curve, mean over three rounds; no labels are used). The journal records every trial: the same ' +
    'command continues from it.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table with the history of a machine in normal operation.',
      optional: true,
    },
  ],
  schema: tuneOptions.extend(readOptions.shape).extend({
    out: option(z.string().min(1), 'File of the journal, one JSON object per line.', {
      value: 'FILE',
      path: 'write',
    }),
    architectures: option(
      z.array(z.string().min(1)).min(1).default(DEFAULT_ARCHITECTURES),
      'Names or files to choose from; `all` = every predefined one. The first trial uses the first.',
      { value: 'NAMES', path: 'read' },
    ),
    best: option(
      z.string().min(1).optional(),
      'File for the best options, as a configuration for `train --config`.',
      { value: 'FILE', path: 'write' },
    ),
  }),
  examples: [
    'telltale tune history.csv --out trials.jsonl',
    'telltale tune history.csv --out trials.jsonl --trials 60 --minutes 30 --best best.yaml',
    'telltale tune history.csv --out trials.jsonl --architectures conv-ae,my-network.json --vary units,latent',
    'telltale train history.csv --config best.yaml --out model',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    const { out, best, architectures: names, ...search } = options
    const journal = pathIn(io, out)
    await checkFolder(journal, out)
    if (best !== undefined) await checkFolder(pathIn(io, best), best)
    const wanted = names.includes('all') ? ARCHITECTURES.map(({ name }) => name) : names
    const definitions: ArchitectureDefinition[] = []
    for (const name of wanted) definitions.push(await readArchitecture(io, name))
    const { source, request, times } = tableSource(io, data, search)
    const table = await readTable(source, request)
    printNotes(io, table.notes)
    const trials = await tune(table.frame, knownOnly(tuneOptions, search), definitions, journal, {
      now: io.now,
      signal: io.signal,
      times,
      onProgress: progress.fit,
      onTrial: progress.trial,
    }).catch(error => {
      progress.finish()
      if (io.signal.aborted) printNotes(io, [`the same command continues from ${out}`])
      throw error
    })
    progress.finish()
    io.stdout(
      formatRows(
        trials.map(trial => rowOf(trial, cli.format === 'table')),
        cli.format,
      ),
    )
    const [winner] = trials
    if (winner?.skill === null || winner === undefined)
      throw createError('search-empty', { trials: trials.length })
    if (best !== undefined) {
      const file = wanted[definitions.findIndex(({ name }) => name === winner.options.architecture)]
      await writeOutput(pathIn(io, best), [configText({ train: { ...winner.options, architecture: file } })])
      printNotes(io, [`the best options are in ${best}: telltale train ${data} --config ${best} --out model`])
    }
    return EXIT_OK
  },
})

function rowOf(
  { trial, options, skill, validationLoss, parameters, epochs, seconds, error }: Trial,
  forPeople: boolean,
) {
  const number = (value: number | null) => (value === null || !forPeople ? value : formatNumber(value))
  return {
    trial,
    skill: number(skill),
    ...options,
    units: options.units ?? null,
    latent: options.latent ?? null,
    parameters,
    epochs,
    'validation loss': number(validationLoss),
    time: forPeople ? formatDuration(1000 * seconds) : seconds,
    error: error ?? null,
  }
}
