import { z } from 'zod'
import { fraction, grouped, option, optionOf, positiveInteger } from '../../core/options.js'
import { standardsOf } from '../../core/parse-options.js'
import { channelRuleOptions, eventCountOptions } from '../../events/index.js'
import { lossName, optimizerName, scheduleName } from '../../nn/index.js'
import { adaptOptions, thresholdOptions } from '../../threshold/index.js'
import { missingOptions, validationLevel } from '../../validate/index.js'
import { DETECTOR_NAMES } from '../train/detector-names.js'
import { labelColumn, rows, timeColumn, workers } from './shared.js'

/** Detectors with a network. */
const NETWORKS = ['autoencoder', 'committee']
/** A committee sets how its networks are trained. */
const AUTOENCODER = ['autoencoder']

/** Every setting of a training. `TrainSettings` is written from it. */
export const trainSettings = z.object({
  window: option(
    positiveInteger().max(100_000).default(30),
    'Samples in a window, about one cycle of the machine.',
    { value: 'N' },
  ),
  stride: optionOf(
    AUTOENCODER,
    positiveInteger().max(100_000),
    'Stride: samples between training windows; larger is faster and uses fewer windows.',
    { value: 'N', standard: 1 },
  ),
  scaler: option(
    z.enum(['standard', 'robust', 'minmax']).default('standard'),
    'Scaling of channels: standard = mean and standard deviation; robust = median and quartiles, for a history with outliers; minmax = range.',
  ),
  detector: option(
    z.enum(DETECTOR_NAMES).optional(),
    'Detector that scores the samples. Default: auto, or autoencoder when an option of networks is given.',
  ),
  eventLength: option(
    z.number().int().min(0).max(100_000).optional(),
    'Typical length of an event, samples: scores are smoothed over it alone; 0 = no smoothing. Default: several lengths together, from short to long; 0 for an autoencoder.',
    { value: 'N' },
  ),
  architecture: optionOf(
    NETWORKS,
    z.string().min(1),
    'Network: a name from `telltale architectures list`, or a JSON file. Default: lstm-autoencoder; for a committee, shortcut-forecaster with a window of 3.',
    { value: 'NAME|FILE', path: 'read' },
  ),
  units: optionOf(
    NETWORKS,
    positiveInteger().max(4096),
    'Units of the widest layers. Default: that of the architecture (32 for lstm-autoencoder).',
    { value: 'N' },
  ),
  latent: optionOf(
    NETWORKS,
    positiveInteger().max(4096),
    'Size of the latent (bottleneck) vector. Default: that of the architecture (16 for lstm-autoencoder).',
    { value: 'N' },
  ),
  epochs: optionOf(
    AUTOENCODER,
    positiveInteger().max(1_000_000),
    'Maximum number of passes over the training windows.',
    { value: 'N', standard: 100 },
  ),
  batchSize: optionOf(AUTOENCODER, positiveInteger().max(65_536), 'Windows per optimizer step.', {
    value: 'N',
    standard: 32,
  }),
  learningRate: optionOf(
    AUTOENCODER,
    z.number().positive().max(10),
    'Learning rate of the optimizer. Default: that of the architecture (0.001).',
    { value: 'X' },
  ),
  optimizer: optionOf(
    AUTOENCODER,
    optimizerName,
    'Optimizer. Default: that of the architecture (adam); an architecture file may set its options.',
  ),
  loss: optionOf(
    AUTOENCODER,
    lossName,
    'Training loss. huber and log-cosh are robust to outliers; gaussian-nll also learns a variance. Default: that of the architecture (mse).',
  ),
  schedule: optionOf(
    AUTOENCODER,
    scheduleName,
    'Learning-rate schedule: constant; cosine = half-cosine decay; reduce-on-plateau = halved when the validation loss stops improving.',
    { standard: 'constant' },
  ),
  clipNorm: optionOf(
    AUTOENCODER,
    z.number().positive(),
    'Maximum gradient norm; larger gradients are scaled down (gradient clipping). Helps when the loss is unstable. Default: no limit.',
    { value: 'X' },
  ),
  exclude: option(
    z.string().min(1).optional(),
    'Intervals of the history to leave out, such as known faults: A:B in samples or FROM..TO in times, separated by commas; of one device as DEVICE=FROM..TO, * in its name is any text.',
    { value: 'RANGES' },
  ),
  trim: optionOf(
    AUTOENCODER,
    z.number().min(0).lt(0.5),
    'Fraction of the worst-fitting training windows to discard before retraining, for a history with unknown faults.',
    { value: 'X', standard: 0 },
  ),
  trimRounds: optionOf(AUTOENCODER, positiveInteger().max(20), 'Number of rounds of --trim.', {
    value: 'N',
    standard: 1,
  }),
  checkpoint: optionOf(
    AUTOENCODER,
    z.string().min(1),
    'Folder for a checkpoint of the training; after an interruption the same command continues from it. Removed at the end.',
    { value: 'FOLDER', path: 'write' },
  ),
  patience: optionOf(
    AUTOENCODER,
    z.number().int().min(0),
    'Early stopping: number of epochs without improvement of the validation loss; 0 = never stop early. The best weights are always kept.',
    { value: 'N', standard: 10 },
  ),
  minDelta: optionOf(
    AUTOENCODER,
    z.number().min(0),
    'Early stopping: minimum improvement of the validation loss.',
    { value: 'X', standard: 1e-4 },
  ),
  validationShare: optionOf(
    AUTOENCODER,
    fraction(),
    'Fraction of the history used for validation (early stopping).',
    { value: 'X', standard: 0.15 },
  ),
  calibrationShare: option(
    fraction().default(0.2),
    'Fraction of the history, at its end, used to calibrate the threshold.',
    { value: 'X' },
  ),
  ...thresholdOptions,
  ...grouped('Threshold', {
    regimes: option(
      z.string().min(1).default('off'),
      'Separate thresholds per operating regime: off, auto (regimes are found from the levels of the channels), or a channel with one value per regime.',
      { value: 'off|auto|CHANNEL' },
    ),
  }),
  ...adaptOptions,
  ...eventCountOptions,
  ...channelRuleOptions,
  seed: option(
    z.number().int().min(0).max(4294967295).default(1),
    'Seed of the random numbers; the same seed gives the same model.',
    {
      value: 'S',
    },
  ),
  workers,
  ...missingOptions,
  validationLevel,
  keepBest: optionOf(AUTOENCODER, z.boolean(), 'On Ctrl-C, save the model with the best weights so far.', {
    standard: false,
  }),
})

/** Every option of `telltale train`. */
export const trainOptions = z.object({
  out: option(z.string().min(1).optional(), 'Folder to write the model to.', {
    value: 'MODEL',
    path: 'write',
  }),
  ...grouped('Table', { timeColumn, labelColumn, rows }),
  ...trainSettings.shape,
})
/** Options of a training with every default filled in but those of networks, which hold once the detector is known. */
export type TrainOptions = z.output<typeof trainOptions>

const STANDARDS = standardsOf(trainSettings)
/** Options of networks that have a value where none was given. */
type Standards = Required<
  Pick<
    TrainOptions,
    | 'stride'
    | 'epochs'
    | 'batchSize'
    | 'schedule'
    | 'trim'
    | 'trimRounds'
    | 'patience'
    | 'minDelta'
    | 'validationShare'
    | 'keepBest'
  >
>
/** Options of a training with every default filled in. */
export type FilledOptions = TrainOptions & Standards

/** Fills in the defaults of networks. */
export function filled(options: TrainOptions): FilledOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...STANDARDS, ...Object.fromEntries(given) } as FilledOptions
}
