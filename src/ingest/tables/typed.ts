import { createError } from '../../core/errors.js'
import { type Engine, firstLine, sqlName, sqlPath, sqlText } from '../../engine/index.js'
import type { InputFile } from '../files/locate.js'
import { checkNames } from './header.js'
import { type ColumnKind, type Relation, textSql } from './relation.js'

const NUMBER_TYPE = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/
const GZIP_OR_NOT = { none: 'uncompressed', gzip: 'gzip', zstd: 'zstd' } as const

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

/** A JSON file, one array or one object per line, as a relation: its columns are all the keys of its objects. */
export async function jsonRelation(engine: Engine, input: InputFile): Promise<Relation> {
  const { file } = input
  const how = `${sqlPath(input.path)}, compression = '${GZIP_OR_NOT[input.compression]}'`
  const found = await ask(
    engine,
    file,
    `select keys, count(*)::double as rows, bool_and(kind = 'OBJECT') as objects from
     (select json_keys(json) as keys, json_type(json) as kind, row_number() over () as n from read_json_objects(${how}))
     group by keys order by min(n)`,
  )
  if (found.length === 0) throw createError('data-empty', { file, reason: 'it holds no objects' })
  if (!found.every(({ objects }) => objects)) {
    throw createError('data-not-a-table', { file, reason: 'it holds something else than objects' })
  }
  const names = [...new Set(found.flatMap(({ keys }) => keys as string[]))]
  if (names.length === 0) throw createError('data-not-a-table', { file, reason: 'its objects have no keys' })
  checkNames(file, names)
  const alike = names.find((name, i) => names.findIndex(other => sameName(other, name)) !== i)
  if (alike !== undefined) {
    const count = names.filter(name => sameName(name, alike)).length
    throw createError('data-duplicate-column', { file, column: alike, count })
  }
  const rows = found.reduce((sum, group) => sum + Number(group.rows), 0)
  const nested = await nestedPaths(engine, file, how)
  if (nested !== undefined) {
    checkNames(
      file,
      nested.map(({ name }) => name),
    )
    const cells = nested
      .map(({ path }) => `json_extract_string(json, ${sqlText(path)})`)
      .map((cell, i) => `${cell} as ${sqlName(nested[i]!.name)}`)
    return typedRelation(engine, input, `(select ${cells.join()} from read_json_objects(${how}))`, rows)
  }
  const columns = names.map(name => `${sqlName(name)}: 'varchar'`).join()
  return typedRelation(engine, input, `read_json(${how}, columns = {${columns}})`, rows)
}

/** The values of objects within objects, with dotted names; undefined where there are none. */
async function nestedPaths(
  engine: Engine,
  file: string,
  how: string,
): Promise<{ name: string; path: string }[] | undefined> {
  const [found] = await ask(
    engine,
    file,
    `select json_group_structure(json)::varchar as shape from (select json from read_json_objects(${how}) limit 10000)`,
  )
  const shape: unknown = JSON.parse(String(found?.shape ?? 'null'))
  const paths: { name: string; path: string }[] = []
  const walk = (value: unknown, names: readonly string[]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && names.length < 8) {
      for (const [key, inner] of Object.entries(value)) walk(inner, [...names, key])
    } else
      paths.push({
        name: names.join('.'),
        path: `$.${names.map(name => `"${name.replaceAll('"', '\\"')}"`).join('.')}`,
      })
  }
  walk(shape, [])
  return paths.some(({ name, path }) => path !== `$."${name.replaceAll('"', '\\"')}"`) ? paths : undefined
}

/** The result of a query of the user as a relation. Errors: `query-refused`. */
export async function queryRelation(engine: Engine, query: string): Promise<Relation> {
  const reason = await engine.refusal(query)
  if (reason !== undefined) throw createError('query-refused', { what: 'the query', reason })
  return typedRelation(engine, { file: 'the query', sizeBytes: 0 }, `(\n${query}\n)`)
}

async function typedRelation(
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

async function ask(engine: Engine, file: string, sql: string): Promise<Record<string, unknown>[]> {
  try {
    return await engine.rows(sql)
  } catch (error) {
    throw createError('data-not-a-table', { file, reason: firstLine(error) }, error)
  }
}

/** The engine distinguishes the keys of an object by more than their case. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function kindOf(type: string): ColumnKind {
  if (NUMBER_TYPE.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'flag'
  if (type === 'TIMESTAMP WITH TIME ZONE') return 'time'
  return type.startsWith('TIMESTAMP') || type === 'DATE' ? 'wall' : 'text'
}
