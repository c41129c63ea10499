import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { formatOfFile } from '../../core/file-format.js'
import type { Frame } from '../../core/frame.js'
import { kebabCase, option } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { checkOutputFormat, writeFrame } from '../../emit/index.js'
import { writeOutput } from '../../files/index.js'
import { readOptions, type Table } from '../../ingest/index.js'
import { trainOptions } from '../../pipeline/index.js'
import {
  formatRows,
  type HealthReport,
  healthHtml,
  healthJson,
  healthMarkdown,
  healthText,
  type ResultFormat,
  viewHealth,
} from '../../report/index.js'
import { createRuntime } from '../../runtime/index.js'
import { modelPath } from '../../store/index.js'
import {
  neverRepairsStrictly,
  suggest,
  unreadableHealth,
  validateFrame,
  validateOptions,
} from '../../validate/index.js'
import { defineCommand } from '../command.js'
import { EXIT_CODES, EXIT_OK } from '../exit-codes.js'
import { openFleet, readFleet, readFleetLike } from '../fleet.js'
import type { Io } from '../io.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { loadTrusted } from '../open-model.js'
import { checkFolder, makeFolderOf, pathIn } from '../paths.js'
import { readLeniently } from '../read-leniently.js'
import { tableSource } from '../table-source.js'
import { unfitFindings } from '../unfit-findings.js'
import { validateFleet } from '../validate-fleet.js'

const { timeColumn, labelColumn, rows } = trainOptions.shape
const { missing, missingByChannel, maxGap, validationLevel } = validateOptions.shape

const schema = z
  .object({
    ...readOptions.shape,
    ...validateOptions.shape,
    timeColumn,
    labelColumn,
    rows,
    memory: option(
      z.number().int().positive().default(1024),
      'Memory for the table, MB. Of a larger table only the first rows are checked, and the report says so.',
      { value: 'MB' },
    ),
    model: option(
      z.string().min(1).optional(),
      'Check the table as input for this model: its channels, cadence and ranges.',
      { value: 'MODEL', path: 'read' },
    ),
    report: option(z.string().min(1).optional(), 'File for the full report (.md, .html, .json, .txt).', {
      value: 'FILE',
      path: 'write',
    }),
    suggest: option(
      z.string().min(1).optional(),
      'File for the suggested configuration, for use with --config (.yaml).',
      { value: 'FILE', path: 'write' },
    ),
    output: option(
      z.string().min(1).optional(),
      'File for the table as it was checked, repairs included (.csv, .jsonl, .parquet).',
      {
        value: 'FILE',
        path: 'write',
      },
    ),
  })
  .refine(...neverRepairsStrictly)
type Options = z.output<typeof schema>

const REPORTS: Readonly<Record<string, (report: HealthReport) => string>> = {
  '.md': report => healthMarkdown(viewHealth(report)),
  '.html': report => healthHtml(viewHealth(report)),
  '.json': report => `${JSON.stringify(healthJson(report), null, 2)}\n`,
  '.txt': report => healthText(viewHealth(report)),
}

export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Checks the data quality of a table and suggests a configuration for training.',
  description:
    'With --group-by and without --device, or with the folder of a fleet as --model, prints one row per device. Otherwise prints statistics of each channel, the issues with their remedies, and a configuration to start with. Exit code 3 when an ' +
    'issue is an error at the chosen level. Repairs (--fix) never remove a row or a channel; the repaired table is checked.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema,
  isRepeatable: true,
  examples: [
    'telltale validate history.csv',
    'telltale validate history.csv --validation-level strict --report health.html',
    'telltale validate history.csv --fix --missing linear --output repaired.csv',
    'telltale validate today.csv --model model --format json',
    'telltale validate history.csv --ranges flow=0..100,level=..4.5 --suggest telltale.yaml',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    await checkTargets(options, io)
    const place = options.model === undefined ? undefined : await modelIn(io, cli, options.model)
    const fleet =
      place !== undefined && options.device === undefined
        ? await openFleet(io, place, createRuntime(1), options.groupBy !== undefined)
        : undefined
    if (fleet !== undefined || (options.groupBy !== undefined && options.device === undefined)) {
      refuseFiles(options)
      const { devices } = fleet
        ? await readFleetLike(io, data, fleet, options, progress)
        : await readFleet(io, data, options, progress)
      return validateFleet(io, devices, fleet, options, cli.format, progress)
    }
    const history =
      place === undefined ? undefined : (await loadTrusted(io, await modelPath(place, options.device))).info
    const { read } = tableSource(io, data, options, history)
    const file = data ?? 'the query'
    const { table, findings } = await read((source, request) =>
      // Repairs fill what would be refused.
      readLeniently(source, file, options.fix ? { ...request, missing: 'keep' } : request, options.memory),
    )
    const isWhole = table !== undefined && table.summary.stoppedAt === undefined
    const unfit = history || !isWhole ? [] : unfitFindings(table.frame, knownOnly(trainOptions, options))
    const context = {
      findings: [...findings, ...unfit],
      ...(history && { schema: history.schema, window: history.window }),
    }
    const { frame, health } = table
      ? validateFrame(table.frame, knownOnly(validateOptions, options), context)
      : { frame: NOTHING, health: unreadableHealth(findings, options.validationLevel) }
    const report: HealthReport = {
      file,
      frame,
      health,
      timeColumn: table?.timeColumn,
      ...(table && !history && { suggestion: suggest(frame, health), reading: givenReading(options) }),
    }
    printNotes(io, table?.notes ?? [])
    await writeFiles(report, table, options, io)
    io.stdout(resultText(report, cli.format))
    return health.valid ? EXIT_OK : EXIT_CODES.data
  },
})

/** Options that say how a table is read and that `train` has too. */
const READING = z.object({
  ...readOptions.shape,
  timeColumn,
  labelColumn,
  rows,
  missing,
  missingByChannel,
  maxGap,
  validationLevel,
})

/** Those that were given, by their keys in a configuration. */
function givenReading(options: Options): Record<string, unknown> {
  const usual = READING.parse({})
  const given = Object.entries(READING.strip().parse(options)).filter(
    ([key, value]) =>
      value !== undefined && JSON.stringify(value) !== JSON.stringify(usual[key as keyof typeof usual]),
  )
  return Object.fromEntries(given.map(([key, value]) => [kebabCase(key), value]))
}

const NOTHING: Frame = {
  timeMs: new Float64Array(0),
  timeKind: 'index',
  values: new Float64Array(0),
  channels: [],
}

/** Reports, suggestions and repaired tables are about one device. */
function refuseFiles({ report, suggest: suggestion, output }: Options): void {
  const files = { '--report': report, '--suggest': suggestion, '--output': output }
  const given = Object.entries(files).find(([, file]) => file !== undefined)
  if (given) throw createError('option-one-device', { what: given[0] })
}

async function checkTargets({ report, suggest: suggestion, output }: Options, io: Io): Promise<void> {
  if (report !== undefined) reportWriter(report)
  if (output !== undefined) checkOutputFormat(output)
  for (const file of [report, suggestion, output])
    if (file !== undefined) await checkFolder(pathIn(io, file), file)
}

function reportWriter(file: string): (report: HealthReport) => string {
  return formatOfFile(file, REPORTS)
}

async function writeFiles(
  report: HealthReport,
  table: Table | undefined,
  options: Options,
  io: Io,
): Promise<void> {
  const write = async (file: string | undefined, text: () => string) => {
    if (file === undefined) return
    await writeOutput(pathIn(io, file), [text()])
  }
  await write(options.report, () => reportWriter(options.report ?? '')(report))
  await write(options.suggest, () => viewHealth(report).config ?? '')
  if (options.output === undefined || table === undefined) return
  await makeFolderOf(pathIn(io, options.output), options.output)
  await writeFrame(pathIn(io, options.output), { frame: report.frame, labels: table.labels })
  let left = 0
  for (const value of report.frame.values) if (Number.isNaN(value)) left++
  if (left > 0)
    printNotes(io, [
      `${options.output} has ${left} missing ${left === 1 ? 'reading' : 'readings'}${options.fix ? `, in gaps longer than --max-gap ${options.maxGap}` : ''}: train on it with --missing linear, hold, mask or drop`,
    ])
}

/** The report as text; its issues as rows for `csv` and `jsonl`; everything for `json`. */
function resultText(report: HealthReport, format: ResultFormat): string {
  if (format === 'json') return `${JSON.stringify(healthJson(report), null, 2)}\n`
  const view = viewHealth(report)
  if (format === 'table') return healthText(view)
  const columns = ['severity', 'code', 'channel', 'place', 'message', 'remedy'] as const
  return formatRows(
    view.issues.map(issue => ({ ...issue })),
    format,
    columns,
  )
}
