import { z } from 'zod'
import { derivedChannel } from '../align/index.js'
import { createError, TelltaleError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import { tableForm } from './form.js'
import { type ReadOptions, readOptions, readRequest } from './options.js'
import type { ReadTableOptions } from './read-options.js'
import type { ReadSummary } from './summary.js'

/** What decides how columns, cells and times are read: it belongs to a model. */
const MEANING = {
  timeFormat: true,
  timeZone: true,
  timeUnit: true,
  decimal: true,
  sheet: true,
  sensorColumn: true,
  valueColumn: true,
  rename: true,
  role: true,
  excludeChannels: true,
  where: true,
} as const
const RESAMPLING = { cadence: true, aggregate: true, tolerance: true } as const
const GROUP = { groupBy: true } as const

/** How the table of a training was read, as its model keeps it. */
const readingSchema = readOptions
  .pick({ ...MEANING, ...RESAMPLING, ...GROUP })
  .partial()
  .extend({ derived: z.array(derivedChannel).default([]), form: tableForm.default({}) })

export type TrainedReading = z.output<typeof readingSchema>

/** What a model keeps of the reading of its history: options, computed channels and the form of the table. */
export function readingOf(
  options: ReadOptions,
  { derived, form }: Pick<ReadSummary, 'derived' | 'form'>,
): Readonly<Record<string, Json>> {
  return plainReading({ ...readingSchema.parse(options), derived, form })
}

/** What a model keeps of its reading, for another model of the same messages. Errors: `artefact-damaged`. */
export function keptReading(kept: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  return plainReading(trainedReading(kept))
}

function plainReading(reading: object): Record<string, Json> {
  return Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined)) as Record<
    string,
    Json
  >
}

/** The same, of the manifest of a model. Errors: `artefact-damaged`. */
export function trainedReading(kept: Readonly<Record<string, unknown>>): TrainedReading {
  const parsed = readingSchema.safeParse(kept)
  if (parsed.success) return parsed.data
  const reason = z.prettifyError(parsed.error)
  throw createError('artefact-damaged', { path: 'the model', file: 'its reading options', reason })
}

/** The options with those of the training where they are not given. */
export function asTrained(options: ReadOptions, trained: TrainedReading): ReadOptions {
  const keys = [
    ...keysOf(MEANING).filter(key => options[key] === undefined),
    ...(options.cadence === undefined ? keysOf(RESAMPLING) : []),
    // With --device, the column is the one that separated the devices in training.
    ...(options.device !== undefined && options.groupBy === undefined ? keysOf(GROUP) : []),
  ].filter(key => trained[key] !== undefined)
  return { ...options, ...Object.fromEntries(keys.map(key => [key, trained[key]])) }
}

function keysOf<K extends string>(of: Readonly<Record<K, true>>): K[] {
  return Object.keys(of) as K[]
}

/** How a later table is read, as the manifest of a model says. Errors: `artefact-damaged`. */
export function trainedRequest(kept: Readonly<Record<string, unknown>>): ReadTableOptions {
  const trained = trainedReading(kept)
  const { derived, form } = trained
  return { ...readRequest(asTrained(readOptions.parse({}), trained)), derived, form }
}

/** Columns that the training left out, or that had a role of their own, need not be in a later table. */
export async function readWithout<T>(
  request: ReadTableOptions,
  read: (request: ReadTableOptions) => Promise<T>,
): Promise<T> {
  let { ignoreColumns, roles } = request
  for (;;) {
    try {
      return await read({ ...request, ignoreColumns, roles })
    } catch (error) {
      if (!(error instanceof TelltaleError) || error.code !== 'data-column-missing') throw error
      const missing = String(error.where.column)
      if (!ignoreColumns?.includes(missing) && !Object.hasOwn(roles ?? {}, missing)) throw error
      ignoreColumns = ignoreColumns?.filter(name => name !== missing)
      roles = roles && Object.fromEntries(Object.entries(roles).filter(([name]) => name !== missing))
    }
  }
}
