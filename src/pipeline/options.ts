import { z } from 'zod'
import { createError } from '../core/errors.js'
import { fraction, kebabCase, option, positiveInteger } from '../core/options.js'
import { eventOptions } from '../events/index.js'
import { lossName, optimizerName, scheduleName } from '../nn/index.js'
import { MISSING_POLICIES, missingOptions, validationLevel } from '../validate/index.js'
import { DETECTOR_NAMES } from './detectors.js'
import { channelRuleOptions } from './event-rules.js'

/** Threads to use when the user does not say is decided at run time: all cores, at most 8. */
const workers = option(
  z.number().int().min(1).max(64).optional(),
  'Threads, this one included; results do not depend on it. Default: all cores, at most 8.',
  { value: 'N' },
)
const timeColumn = option(
  z.string().min(1).optional(),
  'Column that holds the time of each sample. Default: found by itself.',
  { value: 'NAME' },
)
const labelColumn = option(
  z.string().min(1).optional(),
  'Column of 0/1 labels: never a channel, used only to compare. Default: a 0/1 column named label or anomaly.',
  { value: 'NAME' },
)
const rows = option(
  z
    .string()
    .regex(/^\d*:\d*$/, 'a range of samples such as :400, 400: or 100:400 is wanted')
    .optional(),
  'Half-open range of samples to use, counted from 0: :400 is the first 400. Default: all.',
  { value: 'A:B' },
)
const quantileText = 'Threshold = this quantile of the calibration scores, between 0 and 1.'
const factorText = 'Threshold = mean + K standard deviations of the calibration scores.'
const falseAlarms = option(
  z
    .string()
    .regex(
      /^\s*\d+(\.\d+)?\s*\/\s*(\d+(\.\d+)?)?\s*[a-z]+\s*$/i,
      'alarms per time such as 1/day, 2/week or 1/30d are wanted',
    )
    .optional(),
  'Threshold = the level at which one healthy device raises this many alarms, such as 1/week or 2/month; needs times.',
  { value: 'RATE' },
)
const rule = option(
  z.enum(['mad', 'pot', 'spot', 'dspot', 'conformal', 'dynamic']).optional(),
  'Threshold by another rule: median + K MAD (K by --threshold-factor, 6), a fitted tail (pot; spot and dspot go on fitting it with --adapt, dspot relative to the recent mean), the maxima of blocks, or the largest gap in the scores.',
)

/** How a level adapts when nobody says. */
export const ADAPT_DEFAULTS = { adapt: false, adaptLimit: 0.25, adaptMemory: 10_000 }
export type AdaptOptions = typeof ADAPT_DEFAULTS
const adapt = z.boolean()
const adaptText =
  'The level goes on learning from samples that are not flagged nor near flagged ones, in small steps and within --adapt-limit.'
const adaptLimit = z.number().gt(0).max(1)
const adaptLimitText =
  'How far an adapting level may move, as a share of the way between usual scores and the threshold (of the logarithm): no fault beyond that is missed, however slowly it comes.'
const adaptMemory = z.number().int().min(100).max(1_000_000_000)
const adaptMemoryText =
  'Samples over which an adapting level forgets; one sample moves it by at most a share of 1 / N.'

/** Every option of `telltale train`. */
export const trainOptions = z.object({
  out: option(z.string().min(1).optional(), 'Folder to write the model to.', { value: 'MODEL' }),
  timeColumn,
  labelColumn,
  rows,
  window: option(
    positiveInteger().max(100_000).default(30),
    'Samples in a window: about one cycle of what the machine does.',
    { value: 'N' },
  ),
  stride: option(
    positiveInteger().max(100_000).default(1),
    'Samples between training windows; larger is faster and sees less.',
    { value: 'N' },
  ),
  scaler: option(
    z.enum(['standard', 'robust', 'minmax']).default('standard'),
    'How channels are made comparable: mean and sd, median and quartiles (when the history holds outliers), or range.',
  ),
  detector: option(
    z.enum(DETECTOR_NAMES).optional(),
    'What judges the samples. Default: auto, or autoencoder when an option of networks is given.',
  ),
  eventLength: option(
    z.number().int().min(0).max(100_000).optional(),
    'Usual length of an event, samples: scores are smoothed to it, 0 = not at all. Default: the dominant period; not at all for an autoencoder.',
    { value: 'N' },
  ),
  architecture: option(
    z.string().min(1).optional(),
    'The network: a name that `telltale architectures list` prints, or a JSON file. Default: lstm-autoencoder; in a committee shortcut-forecaster with a window of 3.',
    { value: 'NAME|FILE' },
  ),
  units: option(
    positiveInteger().max(4096).optional(),
    'Units of the widest layers. Default: of the architecture (32 for lstm-autoencoder).',
    { value: 'N' },
  ),
  latent: option(
    positiveInteger().max(4096).optional(),
    'Numbers that a window is squeezed into. Default: of the architecture (16 for lstm-autoencoder).',
    { value: 'N' },
  ),
  epochs: option(positiveInteger().max(1_000_000).default(100), 'Passes over the training windows at most.', {
    value: 'N',
  }),
  batchSize: option(positiveInteger().max(65_536).default(32), 'Windows per step of the optimizer.', {
    value: 'N',
  }),
  learningRate: option(
    z.number().positive().max(10).optional(),
    'Step size of the optimizer. Default: of the architecture (0.001).',
    { value: 'X' },
  ),
  optimizer: option(
    optimizerName.optional(),
    'How weights are moved. Default: of the architecture (adam); an architecture file may set its options.',
  ),
  loss: option(
    lossName.optional(),
    'What training makes small; huber and log-cosh are less drawn to outliers, gaussian-nll learns a variance too. Default: of the architecture (mse).',
  ),
  schedule: option(
    scheduleName.default('constant'),
    'How the step size goes on: as it is, down half a cosine, or halved when the validation loss stands still.',
  ),
  clipNorm: option(
    z.number().positive().optional(),
    'Longest gradient; longer ones are scaled down. Helps when the loss jumps. Default: no limit.',
    { value: 'X' },
  ),
  exclude: option(
    z.string().min(1).optional(),
    'Stretches of the history to leave out, such as known faults: A:B in samples or FROM..TO in times, with commas between.',
    { value: 'RANGES' },
  ),
  trim: option(
    z.number().min(0).lt(0.5).default(0),
    'Share of the training windows that is left out as odd before training begins anew: for a history that holds faults nobody listed.',
    { value: 'X' },
  ),
  trimRounds: option(positiveInteger().max(20).default(1), 'How often that is done.', { value: 'N' }),
  checkpoint: option(
    z.string().min(1).optional(),
    'Folder in which training keeps where it stands; the same command goes on from there after a stop. Removed at the end.',
    { value: 'FOLDER' },
  ),
  patience: option(
    z.number().int().min(0).default(10),
    'Stop after this many epochs without a better validation loss; 0 = never. The best weights are kept in any case.',
    { value: 'N' },
  ),
  minDelta: option(
    z.number().min(0).default(1e-4),
    'Smallest fall of the validation loss that counts as better.',
    { value: 'X' },
  ),
  validationShare: option(fraction().default(0.15), 'Share of the history that decides when to stop.', {
    value: 'X',
  }),
  calibrationShare: option(
    fraction().default(0.2),
    'Last share of the history, from which the threshold is found.',
    { value: 'X' },
  ),
  quantile: option(fraction().optional(), `${quantileText} Default 0.999.`, { value: 'Q' }),
  thresholdFactor: option(z.number().positive().optional(), factorText, { value: 'K' }),
  falseAlarms,
  thresholdRule: rule,
  regimes: option(
    z.string().min(1).default('off'),
    'Scores are judged against what is usual in the regime of operation: off, auto (found from the levels of the channels), or a channel with a value for each mode.',
    { value: 'off|auto|CHANNEL' },
  ),
  adapt: option(adapt.default(ADAPT_DEFAULTS.adapt), `In detect: ${adaptText.replace('The', 'the')}`),
  adaptLimit: option(adaptLimit.default(ADAPT_DEFAULTS.adaptLimit), adaptLimitText, { value: 'X' }),
  adaptMemory: option(adaptMemory.default(ADAPT_DEFAULTS.adaptMemory), adaptMemoryText, { value: 'N' }),
  alignment: option(
    z.enum(['covering', 'end']).default('covering'),
    'Score of a sample: looking ahead too (covering: sharper, for a history), or from what lies before it alone (end: causal, for a stream).',
  ),
  mergeGap: option(
    z.number().int().min(0).default(5),
    'Flagged stretches at most this many samples apart are one event.',
    { value: 'N' },
  ),
  minLength: option(positiveInteger().default(1), 'Shorter events are dropped, samples.', { value: 'N' }),
  openCount: eventOptions.shape.openCount,
  openWithin: eventOptions.shape.openWithin,
  closeBelow: eventOptions.shape.closeBelow,
  criticalScore: eventOptions.shape.criticalScore,
  coolDown: eventOptions.shape.coolDown,
  ...channelRuleOptions,
  seed: option(z.number().int().min(0).max(4294967295).default(1), 'The same seed gives the same model.', {
    value: 'S',
  }),
  workers,
  ...missingOptions,
  validationLevel,
  keepBest: option(z.boolean().default(false), 'When interrupted, keep the best weights so far and finish.'),
})
export type TrainOptions = z.output<typeof trainOptions>

/** Every option of `telltale detect`. */
export const detectOptions = z.object({
  model: option(z.string().min(1).optional(), 'Folder of the model.', { value: 'MODEL' }),
  scores: option(z.string().min(1).optional(), 'File for one row per sample (.csv, .jsonl, .parquet).', {
    value: 'FILE',
  }),
  events: option(z.string().min(1).optional(), 'File for one row per event (.csv, .jsonl, .parquet).', {
    value: 'FILE',
  }),
  timeColumn,
  labelColumn,
  rows,
  threshold: option(
    z.number().positive().optional(),
    'Multiple of the calibrated threshold that becomes the new 1.0: 2 is half as sensitive.',
    { value: 'X' },
  ),
  quantile: option(fraction().optional(), quantileText, { value: 'Q' }),
  thresholdFactor: option(z.number().positive().optional(), factorText, { value: 'K' }),
  falseAlarms,
  thresholdRule: rule,
  adapt: option(adapt.optional(), `${adaptText} Default: as trained.`),
  adaptLimit: option(adaptLimit.optional(), `${adaptLimitText} Default: as trained.`, { value: 'X' }),
  adaptMemory: option(adaptMemory.optional(), `${adaptMemoryText} Default: as trained.`, { value: 'N' }),
  stride: option(
    positiveInteger().max(100_000).default(1),
    'Samples between scored windows; larger is faster and coarser.',
    { value: 'N' },
  ),
  batchSize: option(
    positiveInteger().max(65_536).optional(),
    'Windows scored together; changes speed and memory, never the result. Default: chosen by itself.',
    { value: 'N' },
  ),
  chunkRows: option(
    positiveInteger().max(10_000_000).optional(),
    'Read and score this many rows at a time, so that memory does not grow with the table. Default: by --memory.',
    { value: 'N' },
  ),
  memory: option(
    positiveInteger().default(1024),
    'A table that would need more than this when read whole, MB, is read and scored in chunks; so are standard input and --sql, whose size nobody knows.',
    { value: 'MB' },
  ),
  mergeGap: option(
    z.number().int().min(0).optional(),
    'Flagged stretches at most this many samples apart are one event. Default: as trained.',
    { value: 'N' },
  ),
  minLength: option(
    positiveInteger().optional(),
    'Shorter events are dropped, samples. Default: as trained.',
    { value: 'N' },
  ),
  openCount: option(
    positiveInteger().optional(),
    'Flagged samples that open an event (m of "m of n"). Default: as trained.',
    { value: 'M' },
  ),
  openWithin: option(
    positiveInteger().optional(),
    'Samples among which open-count flagged ones must lie (n of "m of n"). Default: as trained.',
    { value: 'N' },
  ),
  closeBelow: option(
    z.number().gt(0).max(1).optional(),
    'An open event goes on while the score is above this. Default: as trained.',
    { value: 'X' },
  ),
  criticalScore: option(
    z.number().min(1).optional(),
    'A score this high opens an event at once. Default: as trained.',
    { value: 'X' },
  ),
  coolDown: option(
    z.number().int().min(0).optional(),
    'Samples after the end of an event in which no other one opens. Default: as trained.',
    { value: 'N' },
  ),
  ...channelRuleOptions,
  missing: option(
    z.enum(MISSING_POLICIES).optional(),
    'Missing readings, as in `train`. Default: as trained.',
  ),
  maxGap: option(
    z.number().int().min(0).max(1_000_000).optional(),
    'Missing samples in a row that may be filled or spanned. Default: as trained.',
    { value: 'N' },
  ),
  validationLevel,
  workers,
  failOnAnomaly: option(z.boolean().default(false), 'Exit with 10 when an event is found.'),
})
export type DetectOptions = z.output<typeof detectOptions>

/** The options that say how the threshold is found. */
export type ThresholdOptions = Pick<
  Partial<TrainOptions>,
  'quantile' | 'thresholdFactor' | 'falseAlarms' | 'thresholdRule'
>
export const THRESHOLD_KEYS = [
  'quantile',
  'thresholdFactor',
  'falseAlarms',
  'thresholdRule',
] as const satisfies readonly (keyof ThresholdOptions)[]

/**
 * Refuses thresholds given twice, before anything is loaded. The rule `mad` takes a factor.
 *
 * @throws OptionError `option-conflict`
 */
export function checkThresholdOptions(options: ThresholdOptions & { threshold?: number }): void {
  const given = (['threshold', ...THRESHOLD_KEYS] as const).filter(
    key => options[key] !== undefined && !(key === 'thresholdFactor' && options.thresholdRule === 'mad'),
  )
  const [first, second] = given.map(key => `--${kebabCase(key)}`)
  if (second !== undefined) throw createError('option-conflict', { first, second })
}

/**
 * `A:B` as a half-open range; either side may be empty.
 *
 * @throws OptionError `option-invalid` when the range is empty
 * @example
 * import { parseRows } from 'telltale'
 * parseRows('100:400') // => { "start": 100, "end": 400 }
 * parseRows(':400') // => { "end": 400 }
 */
export function parseRows(text: string | undefined): { start?: number; end?: number } {
  if (text === undefined) return {}
  const [start, end] = text.split(':').map(side => (side === '' ? undefined : Number(side)))
  if (end !== undefined && end <= (start ?? 0)) {
    throw createError('option-invalid', {
      name: '--rows',
      got: text,
      where: 'the command',
      wanted: 'its end must lie after its start',
    })
  }
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
}
