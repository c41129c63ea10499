import { z } from 'zod'
import { fraction, option, positiveInteger } from '../../core/options.js'
import { eventCountOptions } from '../../events/index.js'
import { lossName, optimizerName, scheduleName } from '../../nn/index.js'
import { channelRuleOptions } from '../../session/index.js'
import { adaptOptions, thresholdOptions } from '../../threshold/index.js'
import { missingOptions, validationLevel } from '../../validate/index.js'
import { DETECTOR_NAMES } from '../train/detector-names.js'
import { labelColumn, rows, timeColumn, workers } from './shared.js'

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
  ...thresholdOptions,
  regimes: option(
    z.string().min(1).default('off'),
    'Scores are judged against what is usual in the regime of operation: off, auto (found from the levels of the channels), or a channel with a value for each mode.',
    { value: 'off|auto|CHANNEL' },
  ),
  ...adaptOptions,
  ...eventCountOptions,
  ...channelRuleOptions,
  seed: option(z.number().int().min(0).max(4294967295).default(1), 'The same seed gives the same model.', {
    value: 'S',
  }),
  workers,
  ...missingOptions,
  validationLevel,
  keepBest: option(z.boolean().default(false), 'When interrupted, keep the best weights so far and finish.'),
})
/** Options of a training with every default filled in. */
export type TrainOptions = z.output<typeof trainOptions>
/** Options of a training: what is not given has a default. */
export type TrainSettings = z.input<typeof trainOptions>
