import { listNames } from '../../core/list-names.js'
import { type ChannelDrift, type DriftReport, decidedBy, isDrift } from '../../drift/index.js'
import { type ChunkedTable, readChunks, readTable, summaryNotes, type Table } from '../../ingest/index.js'
import { formatNumber, formatPercent, formatRows, type Row } from '../../report/index.js'
import { EXIT_DRIFT, EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { chunkRowsOf, isForChunks, oneDevice } from '../table-chunks.js'
import { tableSource } from '../table-source.js'
import { type CheckedPieces, checkPieces, referenceModel, verdictText } from './check-pieces.js'
import { recorder, recordOf } from './history-file.js'
import { runOnDrift } from './on-drift.js'
import type { DriftCall } from './options.js'

/** Channels that a note names. */
const MOST_NAMED = 10

/** `telltale drift check DATA`: one check of a whole table. */
export async function check(call: DriftCall, data: string | undefined): Promise<number> {
  const { options, cli, io } = call
  const model = await referenceModel(call)
  const { channels } = model.info
  const { source, request, read } = tableSource(io, data, { ...options, missing: 'mask' }, model.info)
  const isChunked = await isForChunks(source, request, options)
  const table = await read<Table | ChunkedTable>((from, given) => {
    const asked = { ...given, expectChannels: channels }
    return isChunked
      ? readChunks(from, { ...asked, chunkRows: chunkRowsOf(options, channels.length) })
      : readTable(from, asked)
  })
  const found = await checkPieces(model, 'frame' in table ? [table] : oneDevice(table), call)
  printNotes(io, 'frame' in table ? table.notes : summaryNotes(table.summary))
  const { report, score, residuals, all, verdict } = found
  const { drifted } = verdict
  if (cli.format === 'json')
    io.stdout(
      `${JSON.stringify({ ...report, drifted, verdict: verdict.verdict, reason: verdict.reason, score: score ?? null, residuals: residuals?.channels ?? null }, null, 2)}\n`,
    )
  else
    io.stdout(
      formatRows(
        all.map(one => driftRow(one, residuals)),
        cli.format,
      ),
    )
  const unknown = all.filter(({ level }) => level === 'unknown')
  if (unknown.length > 0) printNotes(io, [neededText(unknown)])
  if (cli.format === 'table') io.stdout(`\n${[...legendLines(found), verdictText(verdict)].join('\n')}\n`)
  const command = drifted ? options.onDrift : undefined
  const line = recordOf(found, data ?? 'the query', Date.now(), command !== undefined)
  await recorder(call)?.add(line)
  if (command !== undefined) runOnDrift(command, verdict, io)
  return drifted && options.failOnDrift ? EXIT_DRIFT : EXIT_OK
}

function driftRow(drift: ChannelDrift, residuals: DriftReport | undefined): Row {
  const { channel, level, missingLevel, psi, ks, wasserstein, meanShift, pValue, missingShare } = drift
  const number = (value: number) => (Number.isNaN(value) ? null : Number(formatNumber(value, 3)))
  return {
    channel,
    drift: level,
    by: decidedBy(drift) ?? null,
    psi: number(psi),
    ks: number(ks),
    'distance (sd)': number(wasserstein),
    'mean shift': number(meanShift),
    p: number(pValue),
    missing: formatPercent(missingShare),
    'missing before': formatPercent(drift.referenceMissingShare),
    'missing drift': missingLevel,
    errors: residuals?.channels.find(one => one.channel === channel)?.level ?? null,
  }
}

/** What the table does not say of itself: what its errors are, and how it goes with a verdict that calls for nothing. */
function legendLines({ residuals, all, verdict, isBesideEvents }: CheckedPieces): string[] {
  const errors =
    'errors: how the differences between readings and what the model expects have changed; none = the model fits as before.'
  const levels = [...all, ...(residuals?.channels ?? [])]
  const isChanged = levels.some(({ level, missingLevel }) => isDrift(level) || isDrift(missingLevel))
  return [
    ...(residuals ? [errors] : []),
    ...(verdict.verdict === 'ok' && isChanged && isBesideEvents
      ? ['The table is of all rows, those of events included; the verdict is of the rows beside them.']
      : []),
  ]
}

function neededText(unknown: readonly ChannelDrift[]): string {
  const needs = unknown.map(({ neededSamples }) => neededSamples ?? Number.POSITIVE_INFINITY)
  const most = Math.max(...needs)
  const names = listNames(
    unknown.map(({ channel }) => channel),
    MOST_NAMED,
  )
  return Number.isFinite(most)
    ? `too few samples to test ${names}: about ${most} are needed`
    : `too few samples to test ${names}: the history varies too slowly to say how many are needed`
}
