import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import { createError } from '../core/errors.js'

/** What an engine may access. It is locked before the first query, so that no query can extend it. */
export interface EngineAccess {
  /** Files it may read or write. */
  readonly files?: readonly string[]
  /** Folders below which it may read any file. */
  readonly folders?: readonly string[]
  /** Stops the query that runs; it ends in `interrupted`. */
  readonly signal?: AbortSignal
  /** The longest time, ms, that a query may compute before its next rows; it ends in `limit-time` then. Default: no limit. */
  readonly timeLimitMs?: number
  /** Where it may put what does not fit in memory; without one a query that needs more fails. */
  readonly spillFolder?: string
}

/** The rows of a result, a few thousand at a time and by column. */
export interface Chunk {
  readonly rows: number
  /** Column `j`, a DOUBLE, as a view that lives until the next chunk; NULL is NaN. */
  doubles(j: number): Float64Array
  /** Column `j`, a VARCHAR; NULL is null. */
  texts(j: number): readonly (string | null)[]
}

export interface Engine {
  /**
   * Reads a result with back-pressure: the engine computes no more than a few chunks ahead. `rows`: how many there must be, where that is
   * known. Throws the error of the engine at the row where it failed.
   */
  stream(sql: string, rows?: number): AsyncGenerator<Chunk>
  /** A small result, every value as JSON. */
  rows(sql: string): Promise<Record<string, unknown>[]>
  /** Runs a statement whose result does not matter. */
  run(sql: string): Promise<void>
  /** Why a text is not exactly one query that only reads; undefined when it is. */
  refusal(sql: string): Promise<string | undefined>
  close(): void
}

/** Of every instance of the engine. */
export const SETTINGS = {
  threads: '2',
  memory_limit: '1GB',
  // Extensions would be fetched from the network.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
}
const SELECT_STATEMENT = 1

/** The package of the engine. Errors: `engine-missing`. */
export async function loadEngine(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    throw createError('engine-missing', { reason: (error as Error).message.split('\n')[0]! }, error)
  }
}

/**
 * Opens an in-memory table engine that can access only what `access` names: no other file, no network, no setting.
 * The symbolic links below a folder are followed. Errors: `engine-missing`. Cost: about 20 ms and 80 MB, more the first time.
 */
export async function openEngine(access: EngineAccess = {}): Promise<Engine> {
  const { DuckDBInstance: Instance } = await loadEngine()
  const instance = await Instance.create(':memory:', {
    ...SETTINGS,
    temp_directory: access.spillFolder ?? '',
  })
  // A query on the connection of a stream would end it.
  const [connection, streaming] = [await instance.connect(), await instance.connect()]
  const files = (access.files ?? []).flatMap(file => [file, escapeGlob(file)])
  await streaming.run(`set TimeZone = 'UTC'; set streaming_buffer_size = '32MB'`)
  // A long list of constants would become a join, and a join on several threads loses the order of the rows.
  await connection.run(`set TimeZone = 'UTC'; set disabled_optimizers = 'in_clause';
    set allowed_paths = [${files.map(sqlText).join()}];
    set allowed_directories = [${(access.folders ?? []).map(sqlText).join()}];
    set enable_external_access = false; set lock_configuration = true`)
  const stop = () => {
    connection.interrupt()
    streaming.interrupt()
  }
  access.signal?.addEventListener('abort', stop)
  const stoppable = async <T>(work: () => Promise<T>): Promise<T> => {
    const limit = access.timeLimitMs
    let isLate = false
    const interrupt = () => {
      isLate = true
      stop()
    }
    const timer = limit === undefined ? undefined : setTimeout(interrupt, limit)
    try {
      return await work()
    } catch (error) {
      if (access.signal?.aborted) throw createError('interrupted', { what: 'reading' }, error)
      throw isLate
        ? createError('limit-time', { what: 'a query', wanted: `${limit! / 1000} s` }, error)
        : error
    } finally {
      clearTimeout(timer)
    }
  }
  async function* stream(sql: string, rows?: number): AsyncGenerator<Chunk> {
    const chunks = streamChunks(streaming, sql, rows)
    for (;;) {
      const next = await stoppable(() => chunks.next())
      if (next.done) return
      yield next.value
    }
  }
  return {
    stream,
    rows: sql => stoppable(async () => (await connection.runAndReadAll(sql)).getRowObjectsJson()),
    run: sql => stoppable(async () => void (await connection.run(sql))),
    refusal: sql => refusalOf(connection, sql),
    close() {
      access.signal?.removeEventListener('abort', stop)
      connection.closeSync()
      streaming.closeSync()
      instance.closeSync()
    },
  }
}

/**
 * A result that fails while it is streamed just ends, as if it were complete. So the last row carries a mark, unless the number of rows is known;
 * without it the query is run once more as a whole, which throws the error.
 */
async function* streamChunks(
  connection: DuckDBConnection,
  sql: string,
  rows?: number,
): AsyncGenerator<Chunk> {
  const marked = `select *, lead(0::double, 1, 1::double) over () from (\n${sql}\n)`
  const result = await connection.stream(rows === undefined ? marked : sql)
  const mark = result.columnCount - 1
  let seen = 0
  let isComplete = rows === 0
  let next = fetchChunk(result)
  try {
    for (;;) {
      const chunk = await next
      if (chunk === null || chunk.rowCount === 0) break
      // The engine continues while the caller works with this chunk.
      next = fetchChunk(result)
      seen += chunk.rowCount
      const view = viewOf(chunk)
      isComplete = rows === undefined ? view.doubles(mark)[chunk.rowCount - 1] === 1 : seen === rows
      yield view
    }
  } finally {
    // Nothing of a result that is left early may still run when the engine closes.
    await next.catch(() => undefined)
  }
  if (isComplete) return
  await connection.run(`select bit_xor(hash(result)) from (\n${sql}\n) as result`)
  if (seen > 0 || rows !== undefined)
    throw createError('bug', { reason: 'a result of the engine ended early' })
}

/** The next chunk of a result; a failure is that of whoever waits for it. */
function fetchChunk(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const chunk = result.fetchChunk()
  chunk.catch(() => undefined)
  return chunk
}

function viewOf(chunk: DuckDBDataChunk): Chunk {
  return {
    rows: chunk.rowCount,
    // The vector of a DOUBLE column is a typed array that its declaration hides.
    doubles: j => withNaN(chunk.getColumnVector(j) as unknown as DoubleVector),
    texts: j => chunk.getColumnValues(j) as (string | null)[],
  }
}

interface DoubleVector {
  readonly items: Float64Array
  /** A bit per item, 0 where it is NULL; null where none is. */
  readonly validity: { readonly data: BigUint64Array | null; itemValid(i: number): boolean }
}

const ALL_VALID = 0xffff_ffff_ffff_ffffn

/** The items of a vector, in place. Doing this here costs nothing where nothing is missing; `coalesce` in the query costs for every cell. */
function withNaN({ items, validity }: DoubleVector): Float64Array {
  validity.data?.forEach((word, w) => {
    if (word === ALL_VALID) return
    const end = Math.min(items.length, 64 * (w + 1))
    for (let i = 64 * w; i < end; i++) if (!validity.itemValid(i)) items[i] = Number.NaN
  })
  return items
}

async function refusalOf(connection: DuckDBConnection, sql: string): Promise<string | undefined> {
  try {
    const statements = await connection.extractStatements(sql)
    if (statements.count !== 1) return `it holds ${statements.count} statements`
    const { statementType } = await statements.prepare(0)
    // PRAGMA and SHOW are queries to the engine, but no query can be made of them.
    await connection.prepare(`select * from (\n${sql}\n)`)
    return statementType === SELECT_STATEMENT ? undefined : 'it does more than read'
  } catch (error) {
    return firstLine(error)
  }
}

/** The message of the engine, without the marker of the position. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}

/** A text as a literal of SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as an identifier of SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A path as a literal of SQL whose glob characters stand for themselves. */
export function sqlPath(path: string): string {
  return sqlText(escapeGlob(path))
}

function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}
