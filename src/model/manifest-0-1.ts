import { z } from 'zod'
import { withoutDefaults } from '../core/options.js'
import type { Json } from '../core/state.js'
import { channelRuleOptions, eventCountOptions } from '../events/index.js'
import { adaptOptions, thresholdOptions } from '../threshold/index.js'
import { missingOptions } from '../validate/index.js'
import { checkFacts } from './facts.js'
import { parsed } from './manifest.js'
import { count, size, slug, text } from './ranges.js'
import { calibrationInfo, commonFacts, regimeFacts, stageSchema } from './schema.js'
import { damaged } from './state-rule.js'

const fraction = z.number().gt(0).lt(1)
const texts = z.array(text()).optional()
const { maintenance, ...perChannel } = channelRuleOptions

/** What telltale 0.1 wrote of the options of a training. */
const trained = {
  window: size().max(100_000),
  stride: size().max(100_000),
  scaler: z.enum(['standard', 'robust', 'minmax']),
  epochs: size().max(1_000_000),
  batchSize: size().max(65_536),
  schedule: z.enum(['constant', 'cosine', 'reduce-on-plateau']),
  trim: z.number().min(0).lt(0.5),
  trimRounds: size().max(20),
  patience: count(),
  minDelta: z.number().min(0).max(1e6),
  validationShare: fraction,
  calibrationShare: fraction,
  regimes: text(),
  ...withoutDefaults(adaptOptions),
  alignment: z.enum(['covering', 'end']),
  ...withoutDefaults(eventCountOptions),
  seed: z.number().int().min(0).max(4294967295),
  ...withoutDefaults(missingOptions),
  validationLevel: z.enum(['strict', 'moderate', 'permissive']),
} as const

/** Options that were written only when they were given: of the training, and of how its table was read. */
const given = {
  detector: slug().optional(),
  eventLength: count().max(100_000).optional(),
  architecture: text().optional(),
  units: size().max(4096).optional(),
  latent: size().max(4096).optional(),
  learningRate: z.number().positive().max(10).optional(),
  optimizer: slug().optional(),
  loss: slug().optional(),
  clipNorm: z.number().positive().max(1e9).optional(),
  exclude: text().optional(),
  rows: text().optional(),
  ...thresholdOptions,
  ...perChannel,
  maintenance,
  memory: size().optional(),
  channels: texts,
  excludeChannels: texts,
  rename: texts,
  sqlRoots: texts,
  ...Object.fromEntries(
    [
      ...['timeColumn', 'labelColumn', 'sql', 'where', 'from', 'to', 'timeFormat', 'timeZone', 'timeUnit'],
      ...['decimal', 'sheet', 'sensorColumn', 'valueColumn', 'groupBy', 'device', 'badCells', 'badRows'],
      ...['duplicateTimes', 'lateRows', 'cadence', 'aggregate', 'tolerance'],
    ].map(key => [key, text().optional()]),
  ),
} as const

const allOptions = z.strictObject({ ...given, ...trained })
/** Models that are older than the schema of the data are older than some options too: these have their defaults. */
const olderOptions = allOptions.partial()

const stage = stageSchema.optional()
const factsSchema = z
  .strictObject({
    ...commonFacts,
    /** What `--regimes` found; absent when it is off. */
    regimes: z.array(regimeFacts).max(1000).optional(),
    calibration: calibrationInfo
      .omit({ regimes: true, expectedAlarms: true })
      .extend({ promise: calibrationInfo.shape.expectedAlarms }),
  })
  .superRefine(checkFacts)
const stagesSchema = z.strictObject({
  scaler: stageSchema,
  detector: stageSchema,
  threshold: stageSchema,
  regimes: stage,
  'regime-levels': stage,
  baseline: stage,
})

/** A manifest of telltale 0.1: one alignment, and the options of the training in place of settings. */
export interface Manifest01 {
  readonly facts: z.output<typeof factsSchema>
  readonly options: z.output<typeof olderOptions>
  readonly stages: z.output<typeof stagesSchema>
}

/**
 * Checks a manifest of telltale 0.1, and that its parts agree with each other.
 *
 * @throws ArtefactError `artefact-damaged` naming the field
 */
export function parseManifest01(manifest: Json): Manifest01 {
  const { options, stages, ...rest } = manifest as { readonly [key: string]: Json }
  const facts = parsed(factsSchema, rest, '')
  const asked = parsed(facts.schema ? allOptions : olderOptions, options, '.options')
  const found = { facts, options: asked, stages: parsed(stagesSchema, stages, '.stages') }
  checkAgreement(found)
  return found
}

function checkAgreement({ facts, options, stages }: Manifest01): void {
  for (const key of ['window', 'stride', 'seed'] as const)
    if (options[key] !== undefined && options[key] !== facts[key])
      throw damaged(`${key}: it is ${facts[key]}, the options say ${options[key]}`)
  if (((options.regimes ?? 'off') === 'off') !== (facts.regimes === undefined))
    throw damaged(`regimes: the options say ${options.regimes}`)
  for (const [key, channel] of Object.entries({
    timeColumn: facts.timeColumn,
    labelColumn: facts.labelColumn,
  }))
    if (channel !== null && facts.channels.includes(channel)) throw damaged(`${key}: it is a channel`)
  const { smoothing, alignment } = stages.detector.options as DetectorOptions
  const own = alignment ?? (smoothing && { centred: 'covering', causal: 'end' }[smoothing.mode])
  if (own !== undefined && own !== (options.alignment ?? 'covering'))
    throw damaged(`options.alignment: it is ${options.alignment}, that of the detector is ${own}`)
}

/** What the detectors of telltale 0.1 say of their alignment. */
interface DetectorOptions {
  readonly alignment?: string
  readonly smoothing?: { readonly mode: 'centred' | 'causal' }
}
