import { createError } from '../../core/errors.js'
import { type Engine, sqlName, sqlPath, sqlText } from '../../engine/index.js'
import type { InputFile } from '../files/locate.js'
import { checkNames } from './header.js'
import type { Relation } from './relation.js'
import { ask, type TextOptions, typedRelation } from './typed.js'

/** An object with more keys is a row. */
const MOST_KEYS = 256
const GZIP_OR_NOT = { none: 'uncompressed', gzip: 'gzip', zstd: 'zstd' } as const

/** A JSON file, one array or one object per line, as a relation: its columns are all the keys of its objects. */
export async function jsonRelation(engine: Engine, input: InputFile, texts: TextOptions): Promise<Relation> {
  const { file } = input
  const objects = await jsonObjects(
    engine,
    file,
    `${sqlPath(input.path)}, compression = '${GZIP_OR_NOT[input.compression]}'`,
  )
  const found = await ask(
    engine,
    file,
    `select keys, count(*)::double as rows, bool_and(kind = 'OBJECT') as objects from
     (select json_keys(json) as keys, json_type(json) as kind, row_number() over () as n from ${objects.from})
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
  const shape = await shapeOf(engine, file, objects.from)
  const list = rows === 1 ? listOfRows(shape) : undefined
  if (list !== undefined) {
    const query = `select unnest(${list.path.map(sqlName).join('.')}, recursive := true) from ${sqlText(file)}`
    const help = list.isFlat
      ? `--sql "${query.replaceAll('"', '\\"')}" reads it`
      : 'give a file of that list alone'
    const reason = `it is one object whose rows lie in the list ${list.path.join('.')}: ${help}`
    throw createError('data-not-a-table', { file, reason })
  }
  const nested = nestedPaths(shape)
  if (nested !== undefined) {
    checkNames(
      file,
      nested.map(({ name }) => name),
    )
    const cells = nested
      .map(({ path }) => `json_extract_string(json, ${sqlText(path)})`)
      .map((cell, i) => `${cell} as ${sqlName(nested[i]!.name)}`)
    return typedRelation(engine, input, `(select ${cells.join()} from ${objects.from})`, texts, rows)
  }
  const columns = names.map(name => `${sqlName(name)}: 'varchar'`).join()
  return typedRelation(engine, input, objects.table(columns, names), texts, rows)
}

/** Objects of a JSON file, one per row: FROM clauses of the objects, and of their values as text. */
interface JsonObjects {
  readonly from: string
  table(columns: string, names: readonly string[]): string
}

/**
 * The objects of a file; of a single one that wraps them in an array, `{"data": [{...}, ...]}`, those of the array; of a single one with an array
 * per column, `{"time": [...], "temp": [...]}`, one per position.
 */
async function jsonObjects(engine: Engine, file: string, how: string): Promise<JsonObjects> {
  const whole = {
    from: `read_json_objects(${how})`,
    table: (columns: string) => `read_json(${how}, columns = {${columns}})`,
  }
  const first = await ask(
    engine,
    file,
    `select json_type(json) as kind, json_keys(json) as keys from ${whole.from} limit 2`,
  )
  if (first.length !== 1 || first[0]!.kind !== 'OBJECT') return whole
  const names = (first[0]!.keys as string[]).filter(name => !name.includes('"'))
  if (names.length > MOST_KEYS) return whole
  const keys = await arraysOf(engine, file, whole.from, names)
  const arrays = keys.filter(({ kind }) => kind === 'ARRAY')
  const pick = (key: string) => sqlText(`$."${key}"`)
  const inner = (sql: string): JsonObjects => ({
    from: sql,
    table: (_, names) =>
      `(select ${names.map(name => `json_extract_string(json, ${pick(name)}) as ${sqlName(name)}`).join()} from ${sql})`,
  })
  if (arrays.length === 1 && arrays[0]!.item === 'OBJECT')
    return inner(
      `(select unnest(json_extract(json, ${pick(arrays[0]!.key)})::json[]) as json from ${whole.from})`,
    )
  const [one, two] = arrays
  const isColumns =
    two !== undefined &&
    arrays.every(({ item, length }) => item !== 'OBJECT' && item !== 'ARRAY' && length === one!.length)
  if (!isColumns || one!.length < 2) return whole
  const fields = arrays.map(({ key }) => `${sqlText(key)}, json -> ${pick(key)} -> i`)
  return inner(
    `(select json_object(${fields.join()}) as json from (select json, unnest(range(${one!.length})) as i from ${whole.from}))`,
  )
}

/** Type, first item and length of the values of an object. */
async function arraysOf(
  engine: Engine,
  file: string,
  object: string,
  names: readonly string[],
): Promise<JsonKey[]> {
  const parts = names.map(name => {
    const path = sqlText(`$."${name}"`)
    return `select ${sqlText(name)} as key, json_type(json, ${path}) as kind, json_type(json, ${sqlText(`$."${name}"[0]`)}) as item,
      json_array_length(json, ${path})::double as length from object`
  })
  const rows = await ask(
    engine,
    file,
    `with object as (select json from ${object}) ${parts.join(' union all ')}`,
  )
  return rows.map(({ key, kind, item, length }) => ({
    key: String(key),
    kind: String(kind),
    item: String(item),
    length: Number(length ?? 0),
  }))
}

interface JsonKey {
  readonly key: string
  readonly kind: string
  readonly item: string
  readonly length: number
}

/** The objects as one: every key with the type of its values. */
async function shapeOf(engine: Engine, file: string, objects: string): Promise<unknown> {
  const [found] = await ask(
    engine,
    file,
    `select json_group_structure(json)::varchar as shape from (select json from ${objects} limit 10000)`,
  )
  return JSON.parse(String(found?.shape ?? 'null'))
}

/** The first list that holds objects or lists, where one object wraps a table; flat when those are objects of cells. */
function listOfRows(shape: unknown, path: readonly string[] = []): ListOfRows | undefined {
  if (typeof shape !== 'object' || shape === null || Array.isArray(shape)) return undefined
  for (const [key, inner] of Object.entries(shape)) {
    const here = [...path, key]
    const item: unknown = Array.isArray(inner) ? inner[0] : undefined
    if (typeof item === 'object' && item !== null)
      return {
        path: here,
        isFlat: !Array.isArray(item) && Object.values(item).every(value => typeof value === 'string'),
      }
    const below = listOfRows(inner, here)
    if (below !== undefined) return below
  }
  return undefined
}

interface ListOfRows {
  readonly path: readonly string[]
  readonly isFlat: boolean
}

/** The values of objects within objects, with dotted names; undefined where there are none. */
function nestedPaths(shape: unknown): { name: string; path: string }[] | undefined {
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

/** The engine distinguishes the keys of an object by more than their case. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
