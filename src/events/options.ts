import { z } from 'zod'
import { grouped, option, positiveInteger, withoutDefaults } from '../core/options.js'
import type { Immutable } from '../core/state.js'
import { isTimeZone, TIME_ZONE_WANTED } from '../core/zone-offset.js'

const samples = () => z.number().int().min(0)

/** Event rules of one channel. */
const channelRule = z.strictObject({
  direction: option(
    z.enum(['both', 'above', 'below']).default('both'),
    'Only deviations on this side of the expected value count.',
  ),
  minAbsolute: option(
    z.number().min(0).default(0),
    'Smaller deviations from the expected value do not count, in the unit of the channel.',
    { value: 'X' },
  ),
  minRelative: option(
    z.number().min(0).default(0),
    'Smaller deviations do not count, as a share of the expected value: 0.05 = 5 %.',
    { value: 'X' },
  ),
})

const time = z.union([
  z.number(),
  z
    .string()
    .transform(text => Date.parse(text))
    .refine(Number.isFinite, 'it must be a time such as 2024-01-01T06:00:00Z'),
])

const interval = z
  .strictObject({ start: time, end: time })
  .refine(({ start, end }) => start < end, 'its end must lie after its start')
const minute = () =>
  z
    .number()
    .min(0)
    .max(24 * 60)
const weekly = z.strictObject({
  days: z.array(z.number().int().min(0).max(6)).min(1).readonly(),
  from: minute(),
  to: minute(),
  timeZone: z.string().min(1),
})

/** The rules that are plain numbers. */
export const eventCountOptions = grouped('Events', {
  openCount: option(
    positiveInteger().default(1),
    'Number of flagged samples that open an event (m of "m of n"); 1 = the first.',
    { value: 'M' },
  ),
  openWithin: option(
    positiveInteger().optional(),
    'Number of samples that must contain open-count flagged ones (n of "m of n"). Default: open-count, consecutive.',
    { value: 'N' },
  ),
  closeBelow: option(
    z.number().gt(0).max(1).default(1),
    'An open event continues while the score is above this level; below 1 = hysteresis.',
    { value: 'X' },
  ),
  criticalScore: option(
    z.number().min(1).optional(),
    'A score this high opens an event at once, regardless of open-count, min-length and cool-down. Default: never.',
    { value: 'X' },
  ),
  mergeGap: option(samples().default(5), 'Flagged intervals at most this many samples apart are one event.', {
    value: 'N',
  }),
  minLength: option(positiveInteger().default(1), 'Shorter events are dropped, samples.', { value: 'N' }),
  coolDown: option(samples().default(0), 'Samples after the end of an event in which no other one opens.', {
    value: 'N',
  }),
})

/** Of the scores, and no rule of its own: how far they are smooth. */
const eventLength = option(
  samples().optional(),
  'Length of events that scores were smoothed over alone, samples. Default: they are smoothed at scales of up to 64 samples together.',
)

const withinOpenCount = [
  ({ openCount, openWithin }: { openCount: number; openWithin?: number }) =>
    openWithin === undefined || openWithin >= openCount,
  { path: ['openWithin'], error: 'must be at least open-count' },
] satisfies [unknown, unknown]

/** Every rule by which scores become events. Defaults: a score above 1.0 opens an event, gaps of at most 5 samples are bridged. */
export const eventOptions = z
  .strictObject({
    ...eventCountOptions,
    channels: option(
      z.record(z.string(), channelRule).default({}),
      'Rules of single channels, by name. A channel that breaks its rule does not count in the score.',
    ),
    maintenance: option(
      z.array(z.union([interval, weekly])).default([]),
      'Maintenance windows, which produce no events; scores are computed all the same. See parseMaintenance.',
    ),
    eventLength,
  })
  .refine(...withinOpenCount)

const MOST_ENTRIES = 10_000
const instant = z.number().min(-8.64e15).max(8.64e15)

/** The rules with every default filled in, as a model keeps them: nothing may be missing, nothing is converted. */
export const eventRules = z
  .strictObject({
    ...withoutDefaults(eventCountOptions),
    channels: z.record(z.string().min(1), z.strictObject(withoutDefaults(channelRule.shape))),
    maintenance: z
      .array(
        z.union([
          z.strictObject({ start: instant, end: instant }),
          weekly.extend({ timeZone: z.string().refine(isTimeZone, TIME_ZONE_WANTED) }),
        ]),
      )
      .max(MOST_ENTRIES),
    eventLength,
  })
  .refine(...withinOpenCount)

/** The rules as given, all with defaults. */
export type EventOptions = Immutable<z.input<typeof eventOptions>>
export type EventRules = Immutable<z.output<typeof eventOptions>>
