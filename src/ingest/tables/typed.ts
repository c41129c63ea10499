import { createError, TelltaleError } from '../../core/errors.js'
import { type Chunk, type Engine, firstLine, sqlPath } from '../../engine/index.js'
import type { InputFile } from '../files/locate.js'
import type { TableForm } from '../form.js'
import { beginScan } from './begun-scan.js'
import { findDecimal } from './decimal.js'
import { checkNames } from './header.js'
import { type Decimal, numberFormOf } from './number-form.js'
import { type ColumnKind, type Relation, textSql } from './relation.js'

const NUMBER_TYPE = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/

/** A Parquet file as a relation. @param isOnly whether no other table is read before it. Errors: `data-not-a-table`, those of its names. */
export async function parquetRelation(
  engine: Engine,
  input: InputFile,
  texts: TextOptions,
  isOnly: boolean,
): Promise<Relation> {
  const source = `read_parquet(${sqlPath(input.path)})`
  const [{ rows } = { rows: 0 }] = await ask(
    engine,
    input.file,
    `select sum(num_rows)::double as rows from parquet_file_metadata(${sqlPath(input.path)})`,
  )
  return typedRelation(engine, input, source, texts, Number(rows), isOnly)
}

/** The result of a query of the user as a relation. Errors: `query-refused`. */
export async function queryRelation(engine: Engine, query: string, texts: TextOptions): Promise<Relation> {
  const reason = await engine.refusal(query)
  if (reason !== undefined) throw createError('query-refused', { what: 'the query', reason })
  return typedRelation(engine, { file: 'the query', sizeBytes: 0 }, `(\n${query}\n)`, texts)
}

/** How numbers that are texts are written. */
export interface TextOptions {
  readonly decimal?: Decimal
  readonly form?: TableForm
}

/** What the engine can select from as a relation. @param rows how many there are, when it is known @param mayBegin whether its scan may begin now */
export async function typedRelation(
  engine: Engine,
  { file, sizeBytes }: Pick<InputFile, 'file' | 'sizeBytes'>,
  source: string,
  { decimal, form: known }: TextOptions,
  rows?: number,
  mayBegin = false,
): Promise<Relation> {
  const columns = await ask(engine, file, `describe select * from ${source}`)
  const names = columns.map(({ column_name }) => String(column_name))
  checkNames(file, names)
  const kinds = columns.map(({ column_type }) => kindOf(String(column_type)))
  const aliases = names.map((_, i) => `c${i}`)
  const from = `${source} as source(${aliases.join()})`
  const relation: Relation = {
    file,
    sizeBytes,
    names,
    kinds,
    firstRow: undefined,
    sample: [],
    expectedRows: rows ?? 0,
    isExact: rows !== undefined,
    from: () => from,
  }
  const isSingle = columns.map(({ column_type }) => column_type === 'FLOAT')
  const begun =
    mayBegin && !kinds.includes('text')
      ? await tableOf(file, beginScan(engine, relation, MOST_SAMPLED, isSingle))
      : undefined
  const sample = begun?.sample ?? (await sampleTexts(engine, relation))
  const texts = names.flatMap((_, i) => (kinds[i] === 'text' ? [i] : []))
  const form = numberFormOf(texts, i => sample.map(row => row[i]!))
  const cells = sample.map(row => texts.map(i => row[i]!))
  const own = texts.map(i => names[i]!)
  return {
    ...relation,
    ...(begun && { begun }),
    sample,
    firstRow: sample[0],
    ...form,
    decimal: decimal ?? findDecimal(file, own, cells, { known: known?.decimal }),
  }
}

const MOST_SAMPLED = 512

/** The first rows as text. */
export async function sampleTexts(engine: Engine, relation: Relation): Promise<string[][]> {
  const cells = relation.names.map((_, i) => `coalesce(${textSql(relation, i)}, '') as c${i}`)
  const rows = await ask(
    engine,
    relation.file,
    `select ${cells.join()} from ${relation.from(new Map())} limit ${MOST_SAMPLED}`,
  )
  return rows.map(row => relation.names.map((_, i) => String(row[`c${i}`])))
}

/** The cells of row `row` as text; undefined when there is none. */
export async function rowTexts(
  engine: Engine,
  relation: Relation,
  row: number,
): Promise<string[] | undefined> {
  const cells = relation.names.map((_, i) => `coalesce(${textSql(relation, i)}, '') as c${i}`)
  const from = relation.from(new Map())
  const which = relation.rowColumn ? `where ${relation.rowColumn} = ${row}` : `limit 1 offset ${row}`
  const [found] = await ask(engine, relation.file, `select ${cells.join()} from ${from} ${which}`)
  return found && relation.names.map((_, i) => String(found[`c${i}`]))
}

export function ask(engine: Engine, file: string, sql: string): Promise<Record<string, unknown>[]> {
  return tableOf(file, engine.rows(sql))
}

/** The rows that the engine gives of a file that should be a table. */
export async function* streamOf(engine: Engine, file: string, sql: string): AsyncGenerator<Chunk> {
  try {
    yield* engine.stream(sql)
  } catch (error) {
    throw notATable(file, error)
  }
}

/** What the engine gives of a file that should be a table. */
async function tableOf<T>(file: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    throw notATable(file, error)
  }
}

/** An interruption and a limit of time stay what they are. */
function notATable(file: string, error: unknown): TelltaleError {
  if (error instanceof TelltaleError) return error
  return createError('data-not-a-table', { file, reason: firstLine(error) }, error)
}

function kindOf(type: string): ColumnKind {
  if (NUMBER_TYPE.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'flag'
  if (type === 'TIMESTAMP WITH TIME ZONE') return 'time'
  return type.startsWith('TIMESTAMP') || type === 'DATE' ? 'wall' : 'text'
}
