import { createError, TelltaleError } from '../core/errors.js'
import type { ParseTimeOptions } from '../core/parse-time.js'
import {
  asTrained,
  type ReadOptions,
  type ReadTableOptions,
  readRequest,
  readWithout,
  type TableSource as Source,
  timesOf,
  trainedReading,
} from '../ingest/index.js'
import type { ModelInfo } from '../model/index.js'
import { parseRows } from '../pipeline/index.js'
import { checkEarly, type EarlyOptions } from './check-early.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'
import { pathIn } from './paths.js'

/** The policies for missing readings, which matter for reading: with any but `error` missing readings stay in the frame. */
export interface MissingChoice {
  readonly missing?: unknown
  readonly missingByChannel?: unknown
}

/** The table that a command reads. */
export interface TableSource {
  readonly source: Source
  readonly request: ReadTableOptions
  /** How times are read that options and label files give. */
  readonly times: ParseTimeOptions & { readonly firstRow: number }
  /** Calls `reader` with the request, and the time and label columns of the model where the table has them and the user names no others. */
  read<T>(reader: (source: Source, request: ReadTableOptions) => Promise<T>): Promise<T>
}

type AskedColumns = Pick<ReadTableOptions, 'timeColumn' | 'labelColumn'>
type RoleColumns = Pick<ReadTableOptions, 'timeColumn' | 'labelColumn' | 'deviceColumn'>
type TrainedModel = Pick<ModelInfo, 'options' | 'timeColumn' | 'labelColumn'> & {
  readonly device?: string | undefined
}

/**
 * What a command reads, its argument DATA or the query of `--sql`, and how: as the options say and, with a model, as in its training where they say
 * nothing. Channels are the caller's to ask for (`expectChannels`), because devices of a fleet differ in them.
 *
 * Errors: `option-missing`, `option-conflict`, `option-invalid`; `artefact-damaged` for a model whose reading options are damaged.
 */
export function tableSource(
  io: Io,
  data: string | undefined,
  options: ReadOptions & MissingChoice & AskedColumns & EarlyOptions & { readonly rows?: string },
  model?: TrainedModel,
): TableSource {
  const reading = model && trainedReading(model.options)
  const asked = reading ? asTrained(options, reading) : options
  if (asked.where !== options.where)
    printNotes(io, [`rows are kept as in training: ${asked.where}; --where overrides this`])
  const { sql, sqlRoots = ['.'] } = asked
  if (data === undefined && sql === undefined) throw createError('option-missing', { name: 'DATA' })
  if (data !== undefined && sql !== undefined) {
    throw createError('option-conflict', { first: 'DATA', second: '--sql' })
  }
  checkEarly(options, timesOf(asked))
  const { missing = 'error', missingByChannel = [] } = { ...model?.options, ...options }
  const keepsMissing = missing !== 'error' || (missingByChannel as readonly string[]).length > 0
  const source = sql === undefined ? pathIn(io, data ?? '-') : { query: sql }
  const request: ReadTableOptions = {
    ...readRequest(asked),
    missing: keepsMissing ? 'keep' : 'error',
    signal: io.signal,
    roots: sql === undefined ? undefined : sqlRoots.map(root => pathIn(io, root)),
    rows: parseRows(options.rows),
    derived: reading?.derived,
    form: reading?.form,
  }
  const { timeColumn, labelColumn } = options
  // The model of one device of several reads that device, unless another one is asked for.
  const own =
    options.device === undefined && options.groupBy === undefined && model?.device !== undefined
      ? { device: model.device, deviceColumn: reading?.groupBy ?? reading?.form.deviceColumn }
      : undefined
  const trained = {
    timeColumn: model?.timeColumn ?? undefined,
    labelColumn: model?.labelColumn ?? undefined,
    ...(own?.deviceColumn !== undefined && { deviceColumn: own.deviceColumn }),
  }
  return {
    source,
    request: { ...request, timeColumn, labelColumn },
    times: { ...timesOf(asked), firstRow: request.rows?.start ?? 0 },
    read: reader =>
      io.metrics.time('read', () =>
        readLike(trained, options, async columns => {
          const isOwn = own !== undefined && columns.deviceColumn !== undefined
          const whole = { ...request, ...columns, ...(isOwn && { device: own.device }) }
          const isInherited = options.excludeChannels === undefined && options.role === undefined
          const result = isInherited
            ? await readWithout(whole, given => reader(source, given))
            : await reader(source, whole)
          if (isOwn)
            printNotes(io, [
              `only the rows of ${own.device} are read, the device of the model; --device overrides this`,
            ])
          return result
        }),
      ),
  }
}

/** Tries the columns of the training; one that the table does not have is looked for as in any other table. */
async function readLike<T>(
  trained: RoleColumns,
  options: AskedColumns,
  read: (columns: RoleColumns) => Promise<T>,
): Promise<T> {
  let tried = trained
  for (;;) {
    const { timeColumn = tried.timeColumn, labelColumn = tried.labelColumn } = options
    const { deviceColumn } = tried
    try {
      return await read({ timeColumn, labelColumn, ...(deviceColumn !== undefined && { deviceColumn }) })
    } catch (error) {
      if (!(error instanceof TelltaleError) || error.code !== 'data-column-missing') throw error
      const missing = error.where.column
      const kept = Object.entries(tried).filter(([, name]) => !name?.split(',').includes(String(missing)))
      if (kept.length === Object.keys(tried).length) throw error
      tried = Object.fromEntries(kept)
    }
  }
}
