import { z } from 'zod'
import { derivedChannel } from '../align/index.js'
import { ALIGNMENTS } from '../core/contracts.js'
import { withoutDefaults } from '../core/options.js'
import type { Json } from '../core/state.js'
import { eventRules } from '../events/index.js'
import { adaptOptions, expectedAlarmsSchema, stepSizesSchema, thresholdChoice } from '../threshold/index.js'
import { dataSchema, missingOptions } from '../validate/index.js'
import { checkFacts } from './facts.js'
import { count, instant, name, reading, SHA256, score, share, size, slug, text } from './ranges.js'

/** A half-open range of samples. */
const interval = z
  .strictObject({ start: count(), end: count() })
  .refine(({ start, end }) => start < end, { path: ['end'], error: 'must lie after its start' })

/** A detector that takes part in another. One alone, and those of models made before they were kept, have neither weight nor skill. */
export const memberInfo = z.strictObject({
  name: slug(),
  /** Why it is there. */
  reason: text(),
  /** Share in the score; the weights sum to 1. */
  weight: share().optional(),
  /** Chance that a sample of an injected fault scores higher than a normal one, see `memberSkills`; `null` when it is unknown. */
  skill: share().nullable().optional(),
  /** Time that learning took. */
  seconds: z.number().min(0).max(1e9).optional(),
})

/** What a model says about the blocks it was trained on. */
const blocksInfo = z.strictObject({
  /** Intervals of the history that follow on each other without a gap. */
  count: size(),
  /** Samples of the whole history, and its first and last time. */
  ofRows: size(),
  from: instant(),
  to: instant(),
  /** Parts of the schema that are of all samples, not only of the blocks. */
  ofAllRows: z.array(z.enum(['samples', 'min', 'max', 'missingShare', 'longestRun', 'usualRun'])),
})

/** What a model says of one regime. */
export const regimeFacts = z.strictObject({
  /** Of the calibration samples. */
  share: share(),
  samples: count(),
  /** Raw score that becomes 1.0 in it. */
  level: score(),
  /** Readings in the channels that distinguish it. */
  typical: z.record(name(), reading()),
})

/** What a model says of its calibration for one alignment. */
export const calibrationInfo = z.strictObject({
  samples: size(),
  method: z.string().regex(/^threshold:[a-z-]{1,40}$/, 'must be the kind of a threshold'),
  /** Raw score that becomes 1.0. */
  level: score(),
  /** Alarms a day to expect; null without regular times, absent in models made before it was kept. */
  expectedAlarms: expectedAlarmsSchema.nullable().optional(),
  /** How large a step of each channel must be to be found; absent where it was not measured. */
  steps: stepSizesSchema.optional(),
  /** What `--regimes` found; absent when it is off. */
  regimes: z.array(regimeFacts).max(1000).optional(),
})

/** How a model scores when nothing else is asked for, resolved once in training. */
const modelSettings = z.strictObject({
  missing: z.strictObject(withoutDefaults(missingOptions)),
  events: eventRules,
  adapt: z.strictObject(withoutDefaults(adaptOptions)),
  /** The rule that the stored thresholds were found by. */
  threshold: thresholdChoice,
})

const training = z.strictObject({
  rows: size(),
  /** Of a history larger than memory: the rows are those of this many blocks of it. */
  blocks: blocksInfo.optional(),
  timeKind: z.enum(['utc', 'index']),
  /** First and last time of the history. */
  from: instant(),
  to: instant(),
  /** SHA-256 over times and values. */
  dataSha256: z.string().regex(SHA256, 'must be a SHA-256'),
  /** Samples that were learnt from, that decided when to stop (of a network) and that thresholds were found from. */
  parts: z.strictObject({ train: interval, validation: interval.optional(), calibration: interval }),
  /** Of a network. */
  epochs: size().nullable(),
  bestEpoch: count().nullable(),
  bestValidationLoss: reading().nullable(),
  seconds: z.number().min(0).max(1e9),
})

/** What a model says about itself, but for its id and what differs between the versions of the format. */
export const commonFacts = {
  kind: slug(),
  /** Name of the architecture of a network, or of each of a committee. */
  architecture: text().optional(),
  /** Detectors that are combined, and why each is there. */
  members: z.array(memberInfo).min(1).max(1000).optional(),
  createdAt: z.iso.datetime(),
  versions: z.strictObject({
    telltale: version(),
    node: version(),
    kernels: z.enum(['reference', 'simd', 'relaxed']),
  }),
  /** The device that it was trained on, where a table of several was given. */
  device: z.string().max(10_000).optional(),
  channels: z.array(name()).min(1).max(100_000),
  timeColumn: text().nullable(),
  labelColumn: text().nullable(),
  window: size().max(1_000_000),
  stride: size().max(1_000_000),
  /** What the history looked like; models of telltale 0.1 before it was kept have none. */
  schema: dataSchema.optional(),
  seed: z.number().int().min(0).max(4294967295),
  /** Trainable numbers of a network. */
  parameters: count().nullable(),
  training,
} as const

/**
 * What a model says about itself. Strict: a field that is unknown, missing or out of its range refuses the model.
 */
export const modelInfoSchema = z
  .strictObject({
    /** SHA-256 over all that the model is: two models with the same id are the same. */
    id: z.string().regex(SHA256, 'must be a SHA-256'),
    ...commonFacts,
    /** Scales at which an ensemble smooths, samples, and why it has these. */
    smoothing: z
      .strictObject({ scales: z.array(z.number().min(0).max(1e6)).min(1).max(100), reason: text() })
      .optional(),
    /** How many recent samples say beside the history what is usual, and why. */
    baseline: z.strictObject({ samples: count(), reason: text() }).optional(),
    /** The calendar cycle of the only channel, which is taken out: its length, the time zone whose clock it follows, and how much of the variance it explains. */
    cycle: z
      .strictObject({ days: z.literal([1, 7]), zone: z.string().max(100), explained: z.number().max(1) })
      .optional(),
    /** Channels of two readings, which an ensemble leaves out of its means. */
    switches: z.array(text()).min(1).optional(),
    /** How it scores when nothing else is asked for: every default filled in. */
    settings: modelSettings,
    /** What was asked for in the training, as it was given. */
    options: z
      .record(z.string().min(1).max(100), json())
      .refine(({ derived }) => derivedChannel.array().optional().safeParse(derived).success, {
        path: ['derived'],
        error: 'must list channels with the columns that they are computed from',
      }),
    /** Of each alignment that it can be scored with. */
    calibration: z.partialRecord(z.enum(ALIGNMENTS), calibrationInfo),
  })
  .superRefine(checkFacts)
  .refine(
    ({ channels, calibration }) =>
      Object.values(calibration).every(({ steps }) =>
        (steps?.channels ?? []).every(({ name }) => channels.includes(name)),
      ),
    { path: ['calibration'], error: 'steps must be those of channels of the model' },
  )

/** Stages of the model: what each state is, without its arrays. */
export const stageSchema = z.strictObject({
  kind: z.string().min(1).max(100),
  version: size(),
  options: json(),
})

function version() {
  return z.string().regex(/^\d+\.\d+\.\d+(?:[-+][\w.+-]{1,100})?$/, 'must be a version such as 1.2.3')
}

/** That it is JSON is known when a schema is asked: the id of a model is found first, see `canonicalJson`. */
function json(): z.ZodType<Json> {
  return z.custom<Json>(value => value !== undefined, 'it is missing')
}
