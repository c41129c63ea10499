import { z } from 'zod'
import { fraction, option, positiveInteger } from '../../core/options.js'
import { channelRuleOptions, eventCountOptions } from '../../events/index.js'
import { lossName, optimizerName, scheduleName } from '../../nn/index.js'
import { adaptOptions, thresholdOptions } from '../../threshold/index.js'
import { missingOptions, validationLevel } from '../../validate/index.js'
import { DETECTOR_NAMES } from '../train/detector-names.js'
import { labelColumn, rows, timeColumn, workers } from './shared.js'

/** Every setting of a training. `TrainSettings` is written from it. */
export const trainSettings = z.object({
  window: option(
    positiveInteger().max(100_000).default(30),
    'Samples in a window, about one cycle of the machine.',
    { value: 'N' },
  ),
  stride: option(
    positiveInteger().max(100_000).default(1),
    'Stride: samples between training windows; larger is faster and uses fewer windows.',
    { value: 'N' },
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
    'Typical length of an event, samples: scores are smoothed over it; 0 = no smoothing. Default: the dominant period; 0 for an autoencoder.',
    { value: 'N' },
  ),
  architecture: option(
    z.string().min(1).optional(),
    'Network: a name from `telltale architectures list`, or a JSON file. Default: lstm-autoencoder; for a committee, shortcut-forecaster with a window of 3.',
    { value: 'NAME|FILE', path: 'read' },
  ),
  units: option(
    positiveInteger().max(4096).optional(),
    'Units of the widest layers. Default: that of the architecture (32 for lstm-autoencoder).',
    { value: 'N' },
  ),
  latent: option(
    positiveInteger().max(4096).optional(),
    'Size of the latent (bottleneck) vector. Default: that of the architecture (16 for lstm-autoencoder).',
    { value: 'N' },
  ),
  epochs: option(
    positiveInteger().max(1_000_000).default(100),
    'Maximum number of passes over the training windows.',
    {
      value: 'N',
    },
  ),
  batchSize: option(positiveInteger().max(65_536).default(32), 'Windows per optimizer step.', {
    value: 'N',
  }),
  learningRate: option(
    z.number().positive().max(10).optional(),
    'Learning rate of the optimizer. Default: that of the architecture (0.001).',
    { value: 'X' },
  ),
  optimizer: option(
    optimizerName.optional(),
    'Optimizer. Default: that of the architecture (adam); an architecture file may set its options.',
  ),
  loss: option(
    lossName.optional(),
    'Training loss. huber and log-cosh are robust to outliers; gaussian-nll also learns a variance. Default: that of the architecture (mse).',
  ),
  schedule: option(
    scheduleName.default('constant'),
    'Learning-rate schedule: constant; cosine = half-cosine decay; reduce-on-plateau = halved when the validation loss stops improving.',
  ),
  clipNorm: option(
    z.number().positive().optional(),
    'Maximum gradient norm; larger gradients are scaled down (gradient clipping). Helps when the loss is unstable. Default: no limit.',
    { value: 'X' },
  ),
  exclude: option(
    z.string().min(1).optional(),
    'Intervals of the history to leave out, such as known faults: A:B in samples or FROM..TO in times, separated by commas.',
    { value: 'RANGES' },
  ),
  trim: option(
    z.number().min(0).lt(0.5).default(0),
    'Fraction of the worst-fitting training windows to discard before retraining, for a history with unknown faults.',
    { value: 'X' },
  ),
  trimRounds: option(positiveInteger().max(20).default(1), 'Number of rounds of --trim.', { value: 'N' }),
  checkpoint: option(
    z.string().min(1).optional(),
    'Folder for a checkpoint of the training; after an interruption the same command continues from it. Removed at the end.',
    { value: 'FOLDER', path: 'write' },
  ),
  patience: option(
    z.number().int().min(0).default(10),
    'Early stopping: number of epochs without improvement of the validation loss; 0 = never stop early. The best weights are always kept.',
    { value: 'N' },
  ),
  minDelta: option(
    z.number().min(0).default(1e-4),
    'Early stopping: minimum improvement of the validation loss.',
    { value: 'X' },
  ),
  validationShare: option(
    fraction().default(0.15),
    'Fraction of the history used for validation (early stopping).',
    {
      value: 'X',
    },
  ),
  calibrationShare: option(
    fraction().default(0.2),
    'Fraction of the history, at its end, used to calibrate the threshold.',
    { value: 'X' },
  ),
  ...thresholdOptions,
  regimes: option(
    z.string().min(1).default('off'),
    'Separate thresholds per operating regime: off, auto (regimes are found from the levels of the channels), or a channel with one value per regime.',
    { value: 'off|auto|CHANNEL' },
  ),
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
  keepBest: option(z.boolean().default(false), 'On Ctrl-C, save the model with the best weights so far.'),
})

/** Every option of `telltale train`. */
export const trainOptions = z.object({
  out: option(z.string().min(1).optional(), 'Folder to write the model to.', {
    value: 'MODEL',
    path: 'write',
  }),
  timeColumn,
  labelColumn,
  rows,
  ...trainSettings.shape,
})
/** Options of a training with every default filled in. */
export type TrainOptions = z.output<typeof trainOptions>
