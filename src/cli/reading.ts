import { z } from 'zod'
import { derivedChannel } from '../align/index.js'
import { createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import { type ReadOptions, type ReadSummary, readOptions, tableForm } from '../ingest/index.js'

/** What decides how columns, cells and times are read: it belongs to a model. */
const MEANING = {
  timeFormat: true,
  timeZone: true,
  timeUnit: true,
  decimal: true,
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
  const kept = Object.entries({ ...readingSchema.parse(options), derived, form }).filter(
    ([, value]) => value !== undefined,
  )
  return Object.fromEntries(kept) as Record<string, Json>
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
