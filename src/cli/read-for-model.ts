import { type ReadOptions, readTable, type Table } from '../ingest/index.js'
import type { ModelInfo } from '../model/index.js'
import { parseRows } from '../pipeline/index.js'
import type { Io } from './io.js'
import { readLikeTraining } from './read-like-training.js'
import { asTrained, type MissingChoice, tableSource } from './table-source.js'

/** How a table is read for a model, where it differs from the training. */
export type ReadChoice = ReadOptions &
  MissingChoice & {
    readonly timeColumn?: string
    readonly labelColumn?: string
    readonly rows?: string
  }

/** Reads a whole table as the training of a model read its history. Errors: those of `readTable`. */
export function readForModel(
  io: Io,
  info: ModelInfo,
  data: string | undefined,
  options: ReadChoice,
): Promise<Table> {
  const { source, request } = tableSource(io, data, asTrained(options, info.options), {
    ...info.options,
    ...options,
  })
  const given = {
    ...request,
    timeColumn: options.timeColumn,
    labelColumn: options.labelColumn,
    rows: parseRows(options.rows),
    expectChannels: info.channels,
  }
  return readLikeTraining(asked => readTable(source, asked), given, {
    timeColumn: info.timeColumn ?? undefined,
    labelColumn: info.labelColumn ?? undefined,
  })
}
