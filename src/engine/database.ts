import type {
  DuckDBAppender,
  DuckDBConnection,
  DuckDBInstance,
  DuckDBListType,
  DuckDBValue,
} from '@duckdb/node-api'
import { createError } from '../core/errors.js'
import { loadEngine, SETTINGS } from './engine.js'
import { createTurns } from './turns.js'

/** Rows are appended on the thread of the program: after this time other work gets its turn. */
const LONGEST_TURN_MS = 5

/** A value of a row: a list is a column of type DOUBLE[], NaN and null are NULL. */
export type Cell = number | string | null | ArrayLike<number>

/** A table in a file of this process: statements run one after the other. */
export interface Database {
  /** Every row of a query as JSON; `$1`, `$2`, ... in its text are the values. */
  rows(sql: string, values?: readonly (number | string | null)[]): Promise<Record<string, unknown>[]>
  /** Runs statements in one transaction: all of them or none. */
  transaction(work: (write: DatabaseWriter) => Promise<void>): Promise<void>
  /** Writes a copy of the database to a new file. */
  backup(file: string): Promise<void>
  close(): Promise<void>
}

export interface DatabaseWriter {
  run(sql: string, values?: readonly (number | string | null)[]): Promise<void>
  /** Appends rows to a table, in the order of its columns. */
  append(table: string, rows: Iterable<readonly Cell[]>): void
}

/**
 * Opens a database file for this process alone, and makes it with `schema` when it is new. What a transaction wrote is on the disk when it resolves, also when
 * the process is killed then.
 *
 * @param schema statements that may be run again
 * @throws SourceError `engine-missing`; `state-in-use` when another process has it; ArtefactError `artefact-damaged`
 */
export async function openDatabase(file: string, schema: string): Promise<Database> {
  const { DuckDBInstance: Instance } = await loadEngine()
  const instance = await Instance.create(file, SETTINGS).catch(error => {
    throw openError(file, error)
  })
  const connection = await instance.connect()
  await connection.run(`set TimeZone = 'UTC'; ${schema}`)
  const { DOUBLE, LIST, listValue } = await import('@duckdb/node-api')
  const lists: Lists = { value: listValue, type: LIST(DOUBLE) }
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const own = last.then(work, work)
    last = own.catch(() => {})
    return own
  }
  return {
    rows: (sql, values = []) =>
      inTurn(async () => {
        const reader = await connection.runAndReadAll(sql, [...values] as DuckDBValue[])
        return reader.getRowObjectsJson() as Record<string, unknown>[]
      }),
    transaction: work => inTurn(() => transact(connection, lists, work)),
    backup: target =>
      inTurn(async () => {
        await connection.run(`attach '${target.replaceAll("'", "''")}' as copy`)
        try {
          const [{ name }] = (
            await connection.runAndReadAll('select current_database() as name')
          ).getRowObjectsJson() as { name: string }[]
          await connection.run(`copy from database "${name.replaceAll('"', '""')}" to copy`)
        } finally {
          await connection.run('detach copy')
        }
      }),
    close: () =>
      inTurn(async () => {
        await connection.run('checkpoint')
        closeAll(connection, instance)
      }),
  }
}

/** How a list of numbers is written. */
interface Lists {
  readonly value: typeof import('@duckdb/node-api').listValue
  readonly type: DuckDBListType
}

async function transact(
  connection: DuckDBConnection,
  lists: Lists,
  work: (write: DatabaseWriter) => Promise<void>,
): Promise<void> {
  const appenders = new Map<string, DuckDBAppender>()
  const pending: (() => Promise<void>)[] = []
  await connection.run('begin transaction')
  try {
    await work({
      run: async (sql, values = []) => void (await connection.run(sql, [...values] as DuckDBValue[])),
      append: (table, rows) => void pending.push(() => appendRows(connection, appenders, lists, table, rows)),
    })
    for (const one of pending) await one()
    for (const appender of appenders.values()) appender.closeSync()
    await connection.run('commit')
  } catch (error) {
    await connection.run('rollback').catch(() => {})
    throw error
  }
}

async function appendRows(
  connection: DuckDBConnection,
  appenders: Map<string, DuckDBAppender>,
  lists: Lists,
  table: string,
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const appender = appenders.get(table) ?? (await connection.createAppender(table))
  appenders.set(table, appender)
  const turn = createTurns(LONGEST_TURN_MS)
  for (const row of rows) {
    await turn()
    for (const cell of row) {
      if (cell === null || Number.isNaN(cell)) appender.appendNull()
      else if (typeof cell === 'number') appender.appendDouble(cell)
      else if (typeof cell === 'string') appender.appendVarchar(cell)
      else
        appender.appendList(
          lists.value(Array.from(cell, value => (Number.isNaN(value) ? null : value))),
          lists.type,
        )
    }
    appender.endRow()
  }
}

function openError(file: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
  const pid = /PID (\d+)/.exec(reason)?.[1]
  if (/lock/i.test(reason)) return createError('state-in-use', { path: file, pid: pid ?? 'unknown' }, error)
  return createError('artefact-damaged', { path: file, file: 'the database', reason }, error)
}

function closeAll(connection: DuckDBConnection, instance: DuckDBInstance): void {
  connection.closeSync()
  instance.closeSync()
}
