import { createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import { type ReadOptions, type ReadTableOptions, readRequest, type TableSource } from '../ingest/index.js'
import type { Io } from './io.js'
import { pathIn } from './paths.js'

/** The policies for missing readings, which matter for reading: with any but `error` missing readings stay in the frame. */
export interface MissingChoice {
  readonly missing?: unknown
  readonly missingByChannel?: readonly string[]
}

/** What a command reads, its argument DATA or the query of `--sql`, and how. Errors: `option-missing`, `option-conflict`, `option-invalid`. */
export function tableSource(
  io: Io,
  data: string | undefined,
  options: ReadOptions,
  { missing = 'error', missingByChannel = [] }: MissingChoice,
): { readonly source: TableSource; readonly request: ReadTableOptions } {
  const { sql, sqlRoots = ['.'] } = options
  if (data === undefined && sql === undefined) throw createError('option-missing', { name: 'DATA' })
  if (data !== undefined && sql !== undefined) {
    throw createError('option-conflict', { first: 'DATA', second: '--sql' })
  }
  const keepsMissing = missing !== 'error' || missingByChannel.length > 0
  return {
    source: sql === undefined ? pathIn(io, data ?? '-') : { query: sql },
    request: {
      ...readRequest(options),
      missing: keepsMissing ? 'keep' : 'error',
      signal: io.signal,
      roots: sql === undefined ? undefined : sqlRoots.map(root => pathIn(io, root)),
    },
  }
}

/** How a table is read, without the choice of rows: it must be the same in training and detection. */
const MEANING = ['timeFormat', 'timeZone', 'timeUnit', 'sensorColumn', 'valueColumn', 'rename'] as const
const RESAMPLING = ['cadence', 'aggregate', 'tolerance'] as const

/** The options by which a table was read, as a model keeps them for `asTrained`. */
export function readingOf(options: ReadOptions): Record<string, Json> {
  const given = [...MEANING, ...RESAMPLING, 'groupBy' as const].flatMap(key => {
    const value = options[key]
    return value === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(given) as Record<string, Json>
}

/** The options with those of the training where they are not given: renamed columns, the form of times, the cadence. */
export function asTrained(options: ReadOptions, trained: Readonly<Record<string, unknown>>): ReadOptions {
  const keys = [
    ...MEANING.filter(key => options[key] === undefined),
    ...(options.cadence === undefined ? RESAMPLING : []),
    // With --device, the column is the one that separated the devices in training.
    ...(options.device !== undefined && options.groupBy === undefined ? (['groupBy'] as const) : []),
  ].filter(key => trained[key] !== undefined)
  return { ...options, ...Object.fromEntries(keys.map(key => [key, trained[key]])) }
}
