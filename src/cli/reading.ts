import { z } from 'zod'
import { DERIVED_KINDS, type DerivedChannel } from '../align/index.js'
import { createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import { type ReadOptions, readOptions } from '../ingest/index.js'

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

const derivedChannel = z.object({
  channel: z.string().min(1),
  from: z.string().min(1),
  kind: z.enum(DERIVED_KINDS),
  value: z.string().optional(),
  values: z.array(z.string()).optional(),
})
/** How the table of a training was read, as its model keeps it. */
const readingSchema = readOptions
  .pick({ ...MEANING, ...RESAMPLING, ...GROUP })
  .partial()
  .extend({ derived: z.array(derivedChannel).default([]) })

export type TrainedReading = z.output<typeof readingSchema>

/** The reading options and computed channels of a training, as a model keeps them for `modelSource`. */
export function readingOf(
  options: ReadOptions,
  derived: readonly DerivedChannel[],
): Readonly<Record<string, Json>> {
  const kept = Object.entries({ ...readingSchema.parse(options), derived }).filter(
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
