import { createError, TelltaleError } from '../core/errors.js'
import type { ParseTimeOptions } from '../core/parse-time.js'
import {
  type ReadOptions,
  type ReadTableOptions,
  readRequest,
  type TableSource as Source,
  timesOf,
} from '../ingest/index.js'
import type { ModelInfo } from '../model/index.js'
import { parseRows } from '../pipeline/index.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'
import { pathIn } from './paths.js'
import { asTrained, trainedReading } from './reading.js'

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
  readonly times: ParseTimeOptions
  /** Calls `reader` with the request, and the time and label columns of the model where the table has them and the user names no others. */
  read<T>(reader: (source: Source, request: ReadTableOptions) => Promise<T>): Promise<T>
}

type RoleColumns = Pick<ReadTableOptions, 'timeColumn' | 'labelColumn'>
type TrainedModel = Pick<ModelInfo, 'options' | 'timeColumn' | 'labelColumn'>

/**
 * What a command reads, its argument DATA or the query of `--sql`, and how: as the options say and, with a model, as in its training where they say
 * nothing. Channels are the caller's to ask for (`expectChannels`), because devices of a fleet differ in them.
 *
 * Errors: `option-missing`, `option-conflict`, `option-invalid`; `artefact-damaged` for a model whose reading options are damaged.
 */
export function tableSource(
  io: Io,
  data: string | undefined,
  options: ReadOptions & MissingChoice & RoleColumns & { readonly rows?: string },
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
  const trained = { timeColumn: model?.timeColumn ?? undefined, labelColumn: model?.labelColumn ?? undefined }
  return {
    source,
    request: { ...request, timeColumn, labelColumn },
    times: timesOf(asked),
    read: reader =>
      io.metrics.time('read', () =>
        readLike(trained, options, columns => reader(source, { ...request, ...columns })),
      ),
  }
}

/** Tries the columns of the training; one that the table does not have is looked for as in any other table. */
async function readLike<T>(
  trained: RoleColumns,
  options: RoleColumns,
  read: (columns: RoleColumns) => Promise<T>,
): Promise<T> {
  let tried = trained
  for (;;) {
    const { timeColumn = tried.timeColumn, labelColumn = tried.labelColumn } = options
    try {
      return await read({ timeColumn, labelColumn })
    } catch (error) {
      if (!(error instanceof TelltaleError) || error.code !== 'data-column-missing') throw error
      const missing = error.where.column
      const kept = Object.entries(tried).filter(([, name]) => !name?.split(',').includes(String(missing)))
      if (kept.length === Object.keys(tried).length) throw error
      tried = Object.fromEntries(kept)
    }
  }
}
