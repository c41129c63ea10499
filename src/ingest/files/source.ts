import { rm } from 'node:fs/promises'
import { sep } from 'node:path'
import type { DuplicatePolicy } from '../../align/index.js'
import { checkText } from '../../core/check-input.js'
import { createError, TelltaleError } from '../../core/errors.js'
import { similarName } from '../../core/nearest.js'
import { type Engine, openEngine } from '../../engine/index.js'
import { rootFolders, temporaryPath } from '../../files/index.js'
import type { TableForm } from '../form.js'
import type { ReadSummary } from '../summary.js'
import { conditionError } from '../tables/condition-error.js'
import { csvRelation } from '../tables/csv.js'
import { filterRelation } from '../tables/filter.js'
import { jsonRelation } from '../tables/json.js'
import { longRelation } from '../tables/long.js'
import { type LongColumns, longColumns } from '../tables/long-columns.js'
import type { Decimal } from '../tables/number-form.js'
import type { Condition, Relation } from '../tables/relation.js'
import { parquetRelation, queryRelation, sampleTexts } from '../tables/typed.js'
import { checkComplete } from './integrity.js'
import { checkDepth } from './json-depth.js'
import { keepInput, type LocateOptions, locateFiles, type PlainFile } from './locate.js'
import { plainFile } from './plain.js'

/**
 * A path, a pattern such as `data/*.parquet`, a folder, `-` for standard input; or one SELECT over files, which sees only
 * what lies below the roots (by default the working folder).
 */
export type TableSource = string | { readonly query: string }

export interface SourceOptions extends LocateOptions, Partial<LongColumns> {
  /** Decimal separator of a delimited text. Default: a point. */
  readonly decimal?: Decimal
  /** The sheet of a workbook to read. Default: the first that holds data. */
  readonly sheet?: string
  /** How the table of the training was written. */
  readonly form?: TableForm
  /** Condition of SQL over the names of the columns; channels are numbers, times are times, every other column of a delimited text is text. */
  readonly where?: string
  /** The longest time, ms, that the query or condition may compute before the next rows. Default: no limit. */
  readonly queryTimeoutMs?: number
  /** Old name to new name; every other option speaks of the new ones. */
  readonly rename?: Readonly<Record<string, string>>
}

/** Tables that are ready to be read, one after the other. */
export interface OpenSource {
  readonly engine: Engine
  readonly relations: readonly Relation[]
  close(): Promise<void>
}

interface OpenPolicy {
  readonly signal?: AbortSignal
  readonly spelledMissing: boolean
  readonly duplicateTimes: DuplicatePolicy
  readonly badCells?: 'error' | 'missing'
}

/** Finds the tables of a source and learns what they consist of. Errors: those of reading, without those of single rows. */
export async function openSource(
  source: TableSource,
  options: SourceOptions & OpenPolicy,
  summary: ReadSummary,
): Promise<OpenSource> {
  const text = typeof source === 'string' ? source : source?.query
  // An empty query is refused as a query.
  if (typeof source === 'string' || text !== '') checkText(text, 'source', 'the table')
  const kept = source === '-' ? await keepInput(options.input ?? process.stdin) : undefined
  const spillFolder = await temporaryPath()
  let engine: Engine | undefined
  let relations: readonly Relation[] = []
  const close = async () => {
    for (const { begun } of relations) await begun?.leave()
    engine?.close()
    await kept?.remove()
    await rm(spillFolder, { recursive: true, force: true })
  }
  try {
    const found = kept
      ? [kept.file]
      : typeof source === 'string'
        ? await locateFiles(source, options, summary.skippedFiles)
        : []
    const files = await inTurn(found, async file => {
      await checkComplete(file, options.signal)
      return plainFile(file, spillFolder, summary, { wanted: options.sheet, trained: options.form?.sheet })
    })
    const sheets = new Set(files.map(({ sheet }) => sheet))
    const [sheet] = sheets
    if (sheets.size === 1 && sheet !== undefined) summary.form = { ...summary.form, sheet }
    if (options.sheet !== undefined && !found.some(({ format }) => format === 'xlsx'))
      summary.assumptions.push('--sheet has no effect: no Excel workbook was read')
    const folders = typeof source === 'string' ? [] : await folderPaths(options.roots ?? ['.'])
    const opened = await openEngine({
      files: files.map(({ path }) => path),
      folders: [...folders, `${spillFolder}${sep}`],
      spillFolder,
      signal: options.signal,
      timeLimitMs: options.queryTimeoutMs,
    })
    engine = opened
    relations =
      typeof source === 'string'
        ? await tablesOf(opened, files, options, summary, source !== '-' && found.length > 1)
        : [await describeQuery(opened, source.query, options, summary)]
    const finished = await inTurn(relations, relation =>
      shape(opened, relation, options, summary, spillFolder),
    )
    return { engine, relations: finished, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function folderPaths(roots: readonly string[]): Promise<string[]> {
  const paths = await rootFolders(roots)
  return paths.map(path => (path.endsWith(sep) ? path : `${path}${sep}`))
}

async function fileRelation(
  engine: Engine,
  input: PlainFile,
  options: SourceOptions & OpenPolicy,
  summary: ReadSummary,
  isOnly: boolean,
): Promise<Relation> {
  const { file, format, compression, sizeBytes } = input
  await checkComplete(input, options.signal)
  if (format === 'json') await checkDepth(input)
  const relation =
    format === 'parquet'
      ? await parquetRelation(engine, input, options, isOnly)
      : format === 'json'
        ? await jsonRelation(engine, input, options)
        : await csvRelation(input, options)
  const delimiter = relation.header?.delimiter
  if (relation.decimal === ',' && options.decimal === undefined) {
    summary.assumptions.push('numbers are read with a comma before the decimals')
  }
  summary.files.push({ file, format, compression, ...(delimiter && { delimiter }), sizeBytes })
  return relation
}

/** The tables of several files: of a folder or pattern, those that have no column in common with the others are left out and counted. */
async function tablesOf(
  engine: Engine,
  files: readonly PlainFile[],
  options: SourceOptions & OpenPolicy,
  summary: ReadSummary,
  mayHoldStrangers: boolean,
): Promise<Relation[]> {
  if (!mayHoldStrangers)
    return inTurn(files, file => fileRelation(engine, file, options, summary, files.length === 1))
  const read = await inTurn(files, async file => {
    try {
      return { file, relation: await fileRelation(engine, file, options, summary, false) }
    } catch (error) {
      if (!(error instanceof TelltaleError) || !NO_TABLE.has(error.code)) throw error
      return { file, error }
    }
  })
  const uses = new Map<string, number>()
  for (const { relation } of read)
    for (const name of relation?.names ?? []) uses.set(name, (uses.get(name) ?? 0) + 1)
  const most = Math.max(0, ...uses.values())
  const isStranger = (relation: Relation) => most > 1 && relation.names.every(name => uses.get(name) === 1)
  for (const { file, relation, error } of read) {
    const reason =
      error?.message ?? (relation && isStranger(relation) ? 'it has no column of the other files' : undefined)
    if (reason !== undefined) summary.skippedFiles.push({ file: file.file, reason })
  }
  const tables = read.flatMap(({ relation }) => (relation && !isStranger(relation) ? [relation] : []))
  const first = read.find(({ error }) => error !== undefined)
  if (tables.length === 0 || (tables.length === 1 && first?.error))
    throw (
      first?.error ??
      createError('file-unreadable', { file: files[0]!.file, reason: 'its folder holds no tables' })
    )
  return tables
}

const NO_TABLE = new Set(['data-not-a-table', 'data-empty'])

async function describeQuery(
  engine: Engine,
  query: string,
  options: SourceOptions,
  summary: ReadSummary,
): Promise<Relation> {
  const relation = await queryRelation(engine, query, options)
  summary.files.push({ file: relation.file, format: 'query', compression: 'none', sizeBytes: 0 })
  return relation
}

/** New names, then the rows that were asked for, then one column per sensor. */
async function shape(
  engine: Engine,
  relation: Relation,
  options: SourceOptions & OpenPolicy,
  summary: ReadSummary,
  folder: string,
): Promise<Relation> {
  const renamed = renameColumns(relation, options.rename ?? {})
  const filtered =
    options.where === undefined
      ? renamed
      : await filter(engine, renamed, { where: options.where, folder }, options)
  const long = longColumns(filtered, options)
  return long === undefined ? filtered : longRelation(engine, filtered, long, { ...options, folder }, summary)
}

/** The rows that a condition holds for. The readings of a long table are text to it, or numbers where it compares them with numbers. */
async function filter(
  engine: Engine,
  relation: Relation,
  condition: Omit<Condition, 'relation'>,
  options: Partial<LongColumns>,
): Promise<Relation> {
  const asText = filterRelation(relation, condition)
  const readings = longColumns(relation, options)?.value
  if (readings === undefined) return sampled(engine, asText)
  const refusal = ({ from }: Relation) => engine.refusal(`select * from ${from(new Map())}`)
  const reason = await refusal(asText)
  if (reason === undefined) return sampled(engine, asText)
  const asNumbers = filterRelation(relation, condition, readings)
  if ((await refusal(asNumbers)) !== undefined) throw conditionError({ ...condition, relation }, reason)
  return sampled(engine, asNumbers)
}

/** A relation with a sample of its own rows; a condition that the engine refuses is reported when the rows are read. */
async function sampled(engine: Engine, relation: Relation): Promise<Relation> {
  const sample = await sampleTexts(engine, relation).catch(() => undefined)
  return sample === undefined || sample.length === 0 ? relation : { ...relation, sample }
}

function renameColumns(relation: Relation, rename: Readonly<Record<string, string>>): Relation {
  const { file, names } = relation
  const missing = Object.keys(rename).find(name => !names.includes(name))
  if (missing !== undefined) {
    throw createError('data-column-missing', {
      file,
      column: missing,
      got: names.join(', '),
      nearest: similarName(missing, names),
    })
  }
  const renamed = names.map(name => (Object.hasOwn(rename, name) ? rename[name]! : name))
  const twice = renamed.find((name, i) => renamed.indexOf(name) !== i)
  if (twice !== undefined) {
    const count = renamed.filter(name => name === twice).length
    throw createError('data-duplicate-column', { file, column: twice, count })
  }
  return { ...relation, names: renamed }
}

async function inTurn<T, R>(items: readonly T[], next: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await next(item))
  return results
}
