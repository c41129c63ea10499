import { z } from 'zod'
import { maybe } from './common.js'

/** A stream: messages of devices that are scored with one model as they come. */
export const stream = z.object({
  name: z.string(),
  /** `NAME@VERSION`. */
  model: z.string(),
  /** Why the version that its reference names now is not used. */
  warning: z.string().nullable(),
  /** `push`, or the URL of its broker. */
  source: z.string(),
  state: z.enum(['running', 'stopped', 'failed']),
  error: z.string().nullable(),
  devices: z.number().int(),
  received: z.number().int(),
  taken: z.number().int(),
  refused: z.record(z.string(), z.number().int()),
  samples: z.number().int(),
  scored: z.number().int(),
  /** Samples that have no score, by reason. */
  unscored: z.record(z.string(), z.number().int()),
  /** Readings that are no numbers and no known states. */
  badReadings: z.number().int(),
  events: z.number().int(),
  newestMs: maybe,
})
export type Stream = z.output<typeof stream>
export const streamList = z.object({ items: z.array(stream) })

/** Messages of devices: one object, or a list of them. Elements that are not objects are refused, and the others are taken. */
export const pushedMessages = z.union([
  z.record(z.string(), z.unknown()),
  z
    .array(z.unknown().describe('A message: an object. Anything else is refused, and the others are taken.'))
    .max(100_000),
])

/** What became of pushed messages. It is answered when they are on the disk. */
export const pushResult = z.object({
  taken: z.number().int(),
  /** Messages that were refused, by reason. */
  refused: z.record(z.string(), z.number().int()),
  /** Readings of channels that are no numbers (`no-number`) or texts that are no known state (`unknown-state`); their messages were taken, and the first of each field is among `refusals`. */
  badReadings: z.number().int(),
  /** The first 100 that were refused. `index`: which of the messages of the request, from 0; empty lines do not count. */
  refusals: z.array(z.object({ index: z.number().int(), reason: z.string(), detail: z.string() })),
})
export type PushResult = z.output<typeof pushResult>
