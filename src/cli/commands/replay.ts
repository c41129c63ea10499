import { z } from 'zod'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { noticeOf } from '../../emit/index.js'
import { durationMs, readOptions } from '../../ingest/index.js'
import { detectOptions } from '../../pipeline/index.js'
import {
  type AlarmDifferences,
  alarmDifferences,
  formatRows,
  type ResultFormat,
  type Row,
} from '../../report/index.js'
import { createRuntime } from '../../runtime/index.js'
import { sessionSettings } from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { openAnyFleet, readRecording } from '../fleet.js'
import type { Io } from '../io.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { type Replayed, replayModel } from '../replay-model.js'
import { streamOptions, streamScoringOptions } from '../stream-options.js'

const schema = z.object({
  ...readOptions.shape,
  timeColumn: detectOptions.shape.timeColumn,
  labelColumn: detectOptions.shape.labelColumn,
  rows: detectOptions.shape.rows,
  model: option(z.string().min(1), 'Folder of the model, or of a fleet with one model per device; model A.', {
    value: 'MODEL',
    path: 'read',
  }),
  against: option(z.string().min(1).optional(), 'Another model, B: print how its events differ.', {
    value: 'MODEL',
    path: 'read',
  }),
  speed: option(
    z.number().positive().optional(),
    'Seconds of the data in a second: 1 = as it was, 60 = a minute in a second. Default: as fast as possible.',
    { value: 'X' },
  ),
  silentAfter: streamOptions.shape.silentAfter,
  ...streamScoringOptions,
})
type ReplayOptions = z.output<typeof schema>

export const replayCommand = defineCommand({
  name: 'replay',
  summary:
    'Prints the events that a stream would have reported for a recorded table, and how two models differ.',
  description:
    'The rows of all devices are taken in the order of their times, by the path of `telltale stream`, with the clock of the data: events of anomalies and of silent devices and channels. ' +
    'With --against the same rows go through a second model; events of a device that overlap belong together. With --speed events are also printed on stderr as they happen.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table: a file, a pattern, a folder, or - for standard input.',
    },
  ],
  schema,
  examples: [
    'telltale replay week.csv --model model',
    'telltale replay week.csv --model pump@champion --against pump@challenger --registry models',
    'telltale replay week.csv --model fleet --group-by machine --silent-after 10m --format json',
    'telltale replay day.parquet --model model --speed 60',
  ],
  async run(call) {
    const { args, options, cli, io } = call
    checkThresholdOptions(options)
    const { against } = options
    if (args[0] === '-' && against !== undefined)
      throw createError('option-conflict', { first: 'DATA -', second: '--against' })
    const [a, b] = await Promise.all(
      [options.model, ...(against === undefined ? [] : [against])].map((model, i) =>
        replayOne(call, model, against === undefined ? '' : `${'AB'[i]}: `),
      ),
    )
    call.progress.finish()
    const text =
      b === undefined
        ? eventsText(a!, cli.format)
        : differencesText({ a: a!, b }, alarmDifferences(a!.events, b.events), cli.format)
    io.stdout(text)
    return EXIT_OK
  },
})

/** Replays the table through one model, read as in its training. @param label goes before what is printed meanwhile */
async function replayOne(
  { args: [data], options, cli, io, progress }: Call<ReplayOptions>,
  name: string,
  label: string,
): Promise<Replayed> {
  const fleet = await openAnyFleet(io, await modelIn(io, cli, name), createRuntime(1))
  const reading = { ...options, chunkRows: CHUNK_ROWS }
  const { devices, times } = await readRecording(io, data, fleet, reading, progress)
  const replayed = await replayModel(io, {
    devices,
    fleet,
    settings: { ...knownOnly(sessionSettings, options), timeZone: times.timeZone },
    silentAfterMs: durationMs(options.silentAfter),
    speed: options.speed ?? Number.POSITIVE_INFINITY,
    onEvent(event) {
      if (options.speed === undefined) return
      const { change, sentence } = noticeOf(event)
      io.stderr(`${label}${event.time ?? ''} ${change}: ${sentence}\n`)
    },
    onProgress: samples => progress.score(samples, Math.max(samples, devices.expectedRows)),
  })
  printCounts(io, label, replayed)
  return replayed
}

/** Rows of a device that are in memory. */
const CHUNK_ROWS = 1024

function printCounts(io: Io, label: string, { counts }: Replayed): void {
  const { samples, scored, refused, unscored } = counts
  const listed = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([reason, count]) => `${reason} ${count}`)
  const rest = [...listed(refused), ...listed(unscored)]
  printNotes(io, [
    `${label}${scored} of ${counted(samples, 'sample')} of ${counted(counts.devices, 'device')} scored${rest.length > 0 ? `; ${rest.join(', ')}` : ''}`,
  ])
}

const EVENT_COLUMNS = ['id', 'device', 'start', 'end', 'score', 'severity', 'channels']

function eventsText({ events, silences, counts }: Replayed, format: ResultFormat): string {
  const rows: Row[] = events.map(event => ({ ...event }))
  if (format !== 'json' && format !== 'table') return formatRows(rows, format, EVENT_COLUMNS)
  if (format === 'json') return `${JSON.stringify({ events, silences, counts }, null, 2)}\n`
  const lines = `${counted(events.length, 'event')}\n`
  return [formatRows(rows, 'table'), formatRows(silences, 'table'), lines].filter(Boolean).join('\n')
}

function differencesText(
  sides: { readonly a: Replayed; readonly b: Replayed },
  { rows, counts }: AlarmDifferences,
  format: ResultFormat,
): string {
  if (format !== 'json' && format !== 'table') return formatRows(rows, format)
  if (format === 'json') return `${JSON.stringify({ ...sides, differences: rows, counts }, null, 2)}\n`
  const { same, 'other times': moved, 'only A': onlyA, 'only B': onlyB } = counts
  const line = `events: ${same} the same in both, ${moved} with other times, ${onlyA} only in A, ${onlyB} only in B\n`
  return [formatRows(rows, 'table'), line].filter(Boolean).join('\n')
}
