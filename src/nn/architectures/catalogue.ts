import { createError } from '../../core/errors.js'
import type { ArchitectureDefinition, LayerDraft } from './definition.js'

const lstm = (units: string): LayerDraft => ({ type: 'lstm', units, returnSequences: true })
const gru = (units: string): LayerDraft => ({
  type: 'gru',
  units,
  returnSequences: true,
  recurrentDropout: 0.1,
})
const conv = (filters: string, kernelSize: number, stride = 1): LayerDraft => ({
  type: 'conv1d',
  filters,
  kernelSize,
  ...(stride > 1 && { stride }),
  padding: 'same',
  activation: 'relu',
})
const latent: LayerDraft = { type: 'dense', units: 'latent' }

/** Two causal convolutions past which their input goes unchanged: the block of Bai et al. 2018. */
const block = (dilation: number): LayerDraft => {
  const layer = { type: 'conv1d', filters: 'units', kernelSize: 3, dilation, padding: 'causal' }
  return { type: 'residual', layers: [{ ...layer, activation: 'relu' }, layer], activation: 'relu' }
}
/** Attention between steps and a dense layer at each, both added to what comes in and normalised: the block of Vaswani et al. 2017. */
const attend: readonly LayerDraft[] = [
  { type: 'residual', layers: [{ type: 'self-attention', heads: 4, keyWidth: 'units/4' }] },
  { type: 'layer-norm' },
  {
    type: 'residual',
    layers: [
      { type: 'dense', units: 'units*2', activation: 'gelu' },
      { type: 'dense', units: 'units' },
    ],
  },
  { type: 'layer-norm' },
]

/** Every predefined architecture, the default first. Sizes follow the data. */
export const ARCHITECTURES: readonly ArchitectureDefinition[] = [
  {
    name: 'lstm-autoencoder',
    description: 'One LSTM layer on each side of an LSTM that keeps its last state.',
    when: 'The default: a good start for any history of up to some hundred thousand samples.',
    units: 32,
    latent: 16,
    encoder: [lstm('units'), { type: 'lstm', units: 'latent' }],
  },
  {
    name: 'simple-lstm',
    description: 'Two LSTM layers and a dense latent vector; the decoder is one LSTM layer.',
    when: 'A wider network than the default, when its validation loss stops falling early.',
    units: 64,
    latent: 16,
    encoder: [lstm('units'), { type: 'lstm', units: 'units/2' }, latent],
    decoder: [lstm('units')],
  },
  {
    name: 'deep-lstm',
    description: 'Three LSTM layers with normalised activations; the decoder has two.',
    when: 'Many channels, long history and time to train: the slowest of the list.',
    units: 128,
    latent: 16,
    encoder: [
      lstm('units'),
      { type: 'layer-norm' },
      lstm('units/2'),
      { type: 'layer-norm' },
      { type: 'lstm', units: 'units/4' },
      { ...latent, activation: 'tanh' },
    ],
    decoder: [lstm('units/2'), { type: 'layer-norm' }, lstm('units')],
  },
  {
    name: 'lightweight',
    description: 'One LSTM layer on each side of a dense latent vector.',
    when: 'Little history (some hundred samples) or a small computer.',
    units: 32,
    latent: 8,
    encoder: [{ type: 'lstm', units: 'units' }, latent],
    decoder: [lstm('units')],
  },
  {
    name: 'gru-based',
    description:
      'GRU layers, which have a quarter fewer parameters than LSTM layers of the same width, with dropout between and within them.',
    when: 'As simple-lstm, where the history is short for this number of parameters.',
    units: 64,
    latent: 12,
    encoder: [
      gru('units'),
      { type: 'dropout', rate: 0.2 },
      { type: 'gru', units: 'units/2', recurrentDropout: 0.1 },
      { type: 'dense', units: 24, activation: 'relu' },
      { ...latent, activation: 'tanh' },
    ],
    decoder: [gru('units/2'), { type: 'dropout', rate: 0.2 }, gru('units')],
  },
  {
    name: 'hybrid-conv-lstm',
    description: 'Convolutions find short shapes, LSTM layers their order; the decoder does both backwards.',
    when: 'Short shapes such as pulses or steps that recur in a slower rhythm.',
    units: 64,
    latent: 16,
    encoder: [
      conv('units', 3),
      conv('units/2', 3),
      lstm('units'),
      { type: 'lstm', units: 'units/2' },
      latent,
    ],
    decoder: [lstm('units'), conv('units/2', 3), conv('units', 3)],
  },
  {
    name: 'dense-ae',
    description: 'The whole window as one vector through dense layers.',
    when: 'The fastest by far: very long histories, small computers, or a first look.',
    units: 128,
    latent: 16,
    encoder: [{ type: 'flatten' }, { type: 'dense', units: 'units', activation: 'relu' }, latent],
  },
  {
    name: 'variational-ae',
    description:
      'As dense-ae, but each window becomes a distribution of latent vectors, kept near the standard normal one (Kingma & Welling 2014).',
    when: 'Noisy history, or few samples for many channels: what it cannot distinguish from noise it does not learn.',
    units: 128,
    latent: 8,
    encoder: [
      { type: 'flatten' },
      { type: 'dense', units: 'units', activation: 'relu' },
      { type: 'variational', units: 'latent', klWeight: 0.001 },
    ],
  },
  {
    name: 'conv-ae',
    description: 'Convolutions that halve the steps twice, a dense latent vector, and the same backwards.',
    when: 'Waveforms and short shapes wherever they begin; needs few epochs.',
    units: 32,
    latent: 16,
    encoder: [conv('units', 7, 2), conv('units', 5, 2), { type: 'flatten' }, latent],
  },
  {
    name: 'tcn-ae',
    description:
      'Blocks of causal convolutions that look ever further back, averaged over four steps each (Thill et al. 2021).',
    when: 'Rhythms of several lengths at once; keeps where in the window something happened.',
    units: 24,
    latent: 4,
    encoder: [block(1), block(2), block(4), block(8), latent, { type: 'pool', size: 4, method: 'average' }],
  },
  {
    name: 'attention-ae',
    description: 'Each step looks at all others, on the way to a dense latent vector and on the way back.',
    when: 'To see which moments belong together: the weights of attention can be read from a model.',
    units: 32,
    latent: 16,
    encoder: [
      { type: 'dense', units: 'units' },
      { type: 'position' },
      ...attend,
      { type: 'flatten' },
      latent,
    ],
    decoder: [
      { type: 'dense', units: 'window*8' },
      { type: 'reshape', steps: 'window', width: 8 },
      { type: 'dense', units: 'units' },
      { type: 'position' },
      ...attend,
    ],
  },
  {
    name: 'conv-forecaster',
    description:
      'Convolutions over the window that halve the steps twice, then a prediction of the next sample.',
    when: 'Faults that break how one moment follows from the last; scores causally, with no delay.',
    units: 32,
    horizon: 1,
    encoder: [
      conv('units', 5, 2),
      conv('units', 3, 2),
      { type: 'flatten' },
      { type: 'dense', units: 'units*2', activation: 'relu' },
    ],
  },
  {
    name: 'gru-forecaster',
    description: 'A GRU layer that reads the window and predicts the next sample from its last state.',
    when: 'As conv-forecaster, for slower machines whose state is more than the last few samples.',
    units: 32,
    horizon: 1,
    encoder: [{ type: 'gru', units: 'units' }],
  },
  {
    name: 'shortcut-forecaster',
    description:
      'A linear forecast of the next sample, and beside it a hidden layer for what is not linear; the two are added.',
    when: 'The best of the list at ranking anomalies, and among the fastest; with a window of 3 to 10 samples.',
    units: 64,
    horizon: 1,
    encoder: [
      { type: 'flatten' },
      {
        type: 'residual',
        layers: [
          { type: 'dense', units: 'units', activation: 'relu' },
          { type: 'dense', units: 'channels' },
        ],
      },
    ],
  },
]

/**
 * A predefined architecture by its name.
 *
 * @throws OptionError `architecture-unknown`
 * @example
 * import { findArchitecture } from 'telltale/nn'
 * findArchitecture('lightweight').latent // => 8
 */
export function findArchitecture(name: string): ArchitectureDefinition {
  const found = ARCHITECTURES.find(definition => definition.name === name)
  if (found !== undefined) return found
  throw createError('architecture-unknown', { name, known: ARCHITECTURES.map(({ name }) => name).join(', ') })
}
