import { createError } from '../../core/errors.js'
import { type Engine, firstLine, sqlPath } from '../../engine/index.js'
import type { InputFile } from '../files/locate.js'
import { checkNames } from './header.js'
import { type ColumnKind, type Relation, textSql } from './relation.js'

const NUMBER_TYPE = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/

/** A Parquet file as a relation. Errors: `data-not-a-table`, those of its names. */
export async function parquetRelation(engine: Engine, input: InputFile): Promise<Relation> {
  const source = `read_parquet(${sqlPath(input.path)})`
  const [{ rows } = { rows: 0 }] = await ask(
    engine,
    input.file,
    `select sum(num_rows)::double as rows from parquet_file_metadata(${sqlPath(input.path)})`,
  )
  return typedRelation(engine, input, source, Number(rows))
}

/** The result of a query of the user as a relation. Errors: `query-refused`. */
export async function queryRelation(engine: Engine, query: string): Promise<Relation> {
  const reason = await engine.refusal(query)
  if (reason !== undefined) throw createError('query-refused', { what: 'the query', reason })
  return typedRelation(engine, { file: 'the query', sizeBytes: 0 }, `(\n${query}\n)`)
}

/** What the engine can select from as a relation. @param rows how many there are, when it is known */
export async function typedRelation(
  engine: Engine,
  { file, sizeBytes }: Pick<InputFile, 'file' | 'sizeBytes'>,
  source: string,
  rows?: number,
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
  const sample = await sampleTexts(engine, relation)
  return { ...relation, sample, firstRow: sample[0] }
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

export async function ask(engine: Engine, file: string, sql: string): Promise<Record<string, unknown>[]> {
  try {
    return await engine.rows(sql)
  } catch (error) {
    throw createError('data-not-a-table', { file, reason: firstLine(error) }, error)
  }
}

function kindOf(type: string): ColumnKind {
  if (NUMBER_TYPE.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'flag'
  if (type === 'TIMESTAMP WITH TIME ZONE') return 'time'
  return type.startsWith('TIMESTAMP') || type === 'DATE' ? 'wall' : 'text'
}
