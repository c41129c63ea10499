import { z } from 'zod'
import { layerSize } from '../layers/index.js'
import { type ArchitectureDefinition, invalid, type LayerDraft, layerOf } from './definition.js'

const layers = z.array(z.looseObject({ type: z.string() })).max(500)

/** The JSON schema of the Python system that telltale rebuilds. */
const originalSchema = z.strictObject({
  name: z.string().min(1).max(200).default('unnamed'),
  description: z.string().max(2000).optional(),
  input_shape: z.tuple([layerSize, layerSize]),
  encoder_layers: layers.min(1),
  decoder_layers: layers.min(1).optional(),
  latent_config: z.strictObject({
    dim: layerSize,
    activation: z.string().optional(),
    regularization: z.enum(['none', 'l1', 'l2', 'l1_l2']).nullish(),
  }),
  compilation: z.strictObject({
    optimizer: z.enum(['adam', 'adamw', 'rmsprop', 'sgd', 'adagrad']),
    loss: z.enum(['mse', 'mae', 'huber', 'logcosh', 'log_cosh']),
    /** Shown by the original while it trains; here the loss and the validation loss are. */
    metrics: z.array(z.string()).optional(),
  }),
})

/** Weight of the original's regularisation, which cannot be chosen there. */
const REGULARIZATION = 0.01
/** Keras' epsilon of both normalisations. */
const NORM_EPSILON = 0.001
/** Keras' own learning rates, which the original uses. */
const LEARNING_RATES = { adam: 0.001, adamw: 0.001, rmsprop: 0.001, sgd: 0.01, adagrad: 0.001 } as const

/** Keys whose name is not the camel case of the original's. */
const KEYS: Readonly<Record<string, string>> = { strides: 'stride', dilation_rate: 'dilation' }
/** Values that change nothing, by key. */
const NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  dropout: [0],
  recurrent_dropout: [0],
  use_bias: [true],
  activation: ['linear', null],
  return_state: [false],
}
/** Further values that change nothing in a recurrent layer. */
const RECURRENT_NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  activation: ['tanh'],
  recurrent_activation: ['sigmoid'],
}

/** Whether an object follows the original's schema. */
export function isOriginal(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && ('encoder_layers' in value || 'latent_config' in value)
  )
}

/**
 * Reads the JSON schema of the original system (`input_shape`, `encoder_layers`, `decoder_layers`, `latent_config`, `compilation`)
 * unchanged. `input_shape` gives way to the data's. Without `decoder_layers` its rule holds, the encoder reversed without its last layer,
 * unless that could not vary over time or would not restore the steps: then the decoder is derived as for our own files.
 *
 * @param file named in errors
 * @throws OptionError `architecture-invalid` naming the layer or key that is not available
 */
export function fromOriginal(json: unknown, file: string): ArchitectureDefinition {
  const parsed = originalSchema.safeParse(json, { reportInput: true })
  if (!parsed.success) throw invalid(file, parsed.error.issues[0], ': ')
  const { name, description, encoder_layers, decoder_layers, latent_config, compilation } = parsed.data
  const encoder = encoder_layers.map((layer, i) => convert(layer, `${file}: encoder_layers[${i}]`))
  const given = decoder_layers?.map((layer, i) =>
    convert({ ...layer, ...sequences(layer) }, `${file}: decoder_layers[${i}]`),
  )
  const { dim, activation, regularization } = latent_config
  const latentLayer = convert({ type: 'dense', units: dim, activation }, `${file}: latent_config`)
  const mirrored = encoder
    .slice(0, -1)
    .reverse()
    .map(layer => ({ ...layer, ...(isRecurrent(layer) && { returnSequences: true }) }))
  const decoder = given ?? (mirrored.some(isRecurrent) && mirrored.every(keepsSteps) ? mirrored : undefined)
  const { optimizer, loss } = compilation
  return {
    name,
    ...(description !== undefined && { description }),
    latent: dim,
    encoder: [...encoder, { ...latentLayer, units: 'latent' }, ...regularized(regularization ?? 'none')],
    ...(decoder !== undefined && { decoder }),
    training: {
      optimizer,
      loss: loss === 'logcosh' || loss === 'log_cosh' ? 'log-cosh' : loss,
      learningRate: LEARNING_RATES[optimizer],
    },
  }
}

/** The layer that the original's regularisation of the latent representation is. */
function regularized(kind: string): LayerDraft[] {
  const penalty = {
    ...(kind.includes('l1') && { l1: REGULARIZATION }),
    ...(kind.includes('l2') && { l2: REGULARIZATION }),
  }
  return kind === 'none' ? [] : [{ type: 'activity-regularization', ...penalty }]
}

const keepsSteps = ({ type, padding, stride = 1 }: LayerDraft) =>
  type !== 'conv1d' || (padding !== 'valid' && stride === 1)

const isRecurrent = ({ type }: LayerDraft) => type === 'lstm' || type === 'gru'

/** The original forgets it at times: a decoder's recurrent layers give every step. */
const sequences = (layer: LayerDraft) => (isRecurrent(layer) ? { return_sequences: true } : {})

/** One layer of the original as ours; what ours does not know is refused by its schema. */
function convert(layer: LayerDraft, where: string): LayerDraft {
  const draft: LayerDraft = { type: layer.type.replaceAll('_', '-') }
  if (draft.type === 'conv1d') draft.padding = 'valid'
  if (draft.type === 'batch-norm' || draft.type === 'layer-norm') draft.epsilon = NORM_EPSILON
  for (const [key, value] of Object.entries(layer)) {
    if (key === 'type' || key === 'name' || value === undefined || NEUTRAL[key]?.includes(value)) continue
    if (isRecurrent(layer) && RECURRENT_NEUTRAL[key]?.includes(value)) continue
    draft[KEYS[key] ?? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value
  }
  layerOf(draft, { window: 1, channels: 1 }, where)
  return draft
}
