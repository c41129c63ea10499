import { spawnSync } from 'node:child_process'
import { z } from 'zod'
import { createError, TelltaleError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import { fraction, option } from '../../core/options.js'
import {
  type ChannelDrift,
  checkDrift,
  type DriftVerdict,
  driftVerdict,
  fitReference,
} from '../../drift/index.js'
import { readOptions, readTable } from '../../ingest/index.js'
import type { Model } from '../../model/index.js'
import { detect, detectOptions } from '../../pipeline/index.js'
import { formatNumber, formatPercent, formatRows, type Row } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { alignmentOf, calibrationOf } from '../../session/index.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_DRIFT, EXIT_OK } from '../exit-codes.js'
import type { Io } from '../io.js'
import { printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import { tableSource } from '../table-source.js'

const { timeColumn, labelColumn, rows, workers } = detectOptions.shape

const schema = z.object({
  model: option(z.string().min(1), 'Model with the reference: a folder, a file or NAME@VERSION.', {
    value: 'MODEL',
    path: 'read',
  }),
  alpha: option(
    fraction().default(0.01),
    'Expected share of false ones among the changes found (false discovery rate).',
    { value: 'P' },
  ),
  scores: option(
    z.boolean().default(true),
    'Also compare the scores of the model with those of its calibration.',
  ),
  failOnDrift: option(
    z.boolean().default(false),
    'Exit with code 11 when a channel or the scores have drifted.',
  ),
  onDrift: option(
    z.string().min(1).optional(),
    'Command that the shell runs when there is drift; TELLTALE_VERDICT, TELLTALE_REASON and TELLTALE_CHANNELS hold the verdict.',
    { value: 'COMMAND' },
  ),
  timeColumn,
  labelColumn,
  rows,
  workers,
  ...readOptions.shape,
})
type Options = z.output<typeof schema>

export const driftCommand = defineCommand({
  name: 'drift',
  summary: 'Compares a table with the history of a model: have the channels or the scores changed?',
  description:
    'A change is reported when it is significant, whatever the autocorrelation and the season of the history, and at least moderate: PSI 0.1 or a distance of 0.2 ' +
    'standard deviations, 0.05 in the missing share. Unknown means too few samples for a test; the report says how many are needed.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description:
        'Table with the channels of the model: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale drift today.csv --model model',
    'telltale drift today.csv --model pump@champion --registry models --fail-on-drift',
    'telltale drift today.csv --model model --no-scores --format json',
    'telltale drift today.csv --model model --on-drift "./page-someone.sh"',
  ],
  async run({ args: [data], options, cli, io }: Call<Options>) {
    const model = await openModel(io, cli, options, createRuntime(options.workers ?? defaultWorkers()))
    if (model.reference === undefined) throw createError('reference-missing', { model: options.model })
    const { read } = tableSource(io, data, { ...options, missing: 'mask' }, model.info)
    const table = await read((source, request) =>
      readTable(source, { ...request, expectChannels: model.info.channels }),
    )
    printNotes(io, table.notes)
    const report = checkDrift(model.reference, table.frame, options.alpha)
    const score = options.scores ? await scoreDrift(model, table.frame, options.alpha, io.signal) : undefined
    if (typeof score === 'string') printNotes(io, [`the scores were not compared: ${score}`])
    const scored = typeof score === 'object' ? score : undefined
    const drifted = report.drifted || scored?.level === 'moderate' || scored?.level === 'large'
    const all = scored === undefined ? report.channels : [...report.channels, scored]
    const verdict = driftVerdict(model.reference, table.frame, report, scored)
    if (cli.format === 'json')
      io.stdout(
        `${JSON.stringify({ ...report, drifted, verdict: verdict.verdict, reason: verdict.reason, score: scored ?? null }, null, 2)}\n`,
      )
    else io.stdout(formatRows(all.map(driftRow), cli.format))
    const unknown = all.filter(({ level }) => level === 'unknown')
    if (unknown.length > 0) printNotes(io, [neededText(unknown)])
    if (cli.format === 'table')
      io.stdout(`\n${drifted ? 'drift' : 'no drift'}: ${verdict.verdict}. ${verdict.reason}\n`)
    if (drifted && options.onDrift !== undefined) runOnDrift(options.onDrift, verdict, io)
    return drifted && options.failOnDrift ? EXIT_DRIFT : EXIT_OK
  },
})

/** The scores of the table against those that the threshold was calibrated on; a text when they cannot be compared. */
async function scoreDrift(
  model: Model,
  frame: Frame,
  alpha: number,
  signal: AbortSignal,
): Promise<ChannelDrift | string> {
  const alignment = alignmentOf(model, undefined, 'two-sided')
  const { scores, threshold } = calibrationOf(model, alignment)
  try {
    const { score } = await detect(model, frame, { alignment }, { signal })
    const calibrated = scores.map(value => value / threshold.level)
    return checkDrift(fitReference(scoreFrame(calibrated)), scoreFrame(score), alpha).channels[0]
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.kind !== 'data') throw error
    return error.message
  }
}

/** Runs the command of the user with the verdict in its environment: text from data is never a part of the command. Errors: `command-failed`. */
function runOnDrift(command: string, { verdict, reason, channels }: DriftVerdict, io: Io): void {
  const env = {
    ...process.env,
    ...io.env,
    TELLTALE_VERDICT: verdict,
    TELLTALE_REASON: reason,
    TELLTALE_CHANNELS: channels.join(','),
  }
  const { status, error, signal } = spawnSync(command, {
    shell: true,
    cwd: io.cwd,
    env,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0)
    throw createError('command-failed', {
      command,
      reason: error?.message ?? (signal ? `it was ended by ${signal}` : `its exit code is ${status}`),
    })
}

function scoreFrame(scores: Float32Array): Frame {
  const timeMs = Float64Array.from(scores.keys())
  return { timeMs, timeKind: 'index', values: scores, channels: ['score'] }
}

function driftRow(drift: ChannelDrift): Row {
  const { channel, level, missingLevel, psi, ks, wasserstein, meanShift, pValue, missingShare } = drift
  const number = (value: number) => (Number.isNaN(value) ? null : Number(formatNumber(value, 3)))
  return {
    channel,
    drift: level,
    psi: number(psi),
    ks: number(ks),
    'distance (sd)': number(wasserstein),
    'mean shift': number(meanShift),
    p: number(pValue),
    missing: formatPercent(missingShare),
    'missing before': formatPercent(drift.referenceMissingShare),
    'missing drift': missingLevel,
  }
}

function neededText(unknown: readonly ChannelDrift[]): string {
  const needs = unknown.map(({ neededSamples }) => neededSamples ?? Number.POSITIVE_INFINITY)
  const most = Math.max(...needs)
  const names = unknown.map(({ channel }) => channel).join(', ')
  return Number.isFinite(most)
    ? `too few samples to test ${names}: about ${most} are needed`
    : `too few samples to test ${names}: the history varies too slowly to say how many are needed`
}
