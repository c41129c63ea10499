import { z } from 'zod'
import { createError } from '../../core/errors.js'
import type { Shape } from '../shape.js'
import { activation, activationSpec } from './activation.js'
import { activityRegularization, activityRegularizationSpec } from './activity-regularization.js'
import { batchNorm, batchNormSpec } from './batch-norm.js'
import { bidirectional, bidirectionalSpec } from './bidirectional.js'
import { conv1d, conv1dSpec } from './conv1d.js'
import { conv1dTransposed, conv1dTransposedSpec } from './conv1d-transposed.js'
import { dense, denseSpec } from './dense.js'
import { dropout, dropoutSpec } from './dropout.js'
import { gru, gruSpec } from './gru.js'
import { type Layer, MAX_SIZE } from './layer.js'
import { layerNorm, layerNormSpec } from './layer-norm.js'
import { lstm, lstmSpec } from './lstm.js'
import { pool, poolSpec } from './pool.js'
import { position, positionSpec } from './position.js'
import { repeat, repeatSpec } from './repeat.js'
import { flatten, flattenSpec, reshape, reshapeSpec } from './reshape.js'
import { residual, residualSpec } from './residual.js'
import { selfAttention, selfAttentionSpec } from './self-attention.js'
import { upsample, upsampleSpec } from './upsample.js'
import { variational, variationalSpec } from './variational.js'

export { chain } from './chain.js'
export {
  type Layer,
  type LayerRun,
  layerSize,
  type Param,
  type ParamSpec,
  type Pass,
  type RunSize,
} from './layer.js'

/** Layers that hold no list of others. */
const plainSpec = z.discriminatedUnion('type', [
  lstmSpec,
  gruSpec,
  bidirectionalSpec,
  denseSpec,
  conv1dSpec,
  conv1dTransposedSpec,
  selfAttentionSpec,
  positionSpec,
  activationSpec,
  layerNormSpec,
  batchNormSpec,
  dropoutSpec,
  activityRegularizationSpec,
  variationalSpec,
  poolSpec,
  upsampleSpec,
  flattenSpec,
  reshapeSpec,
  repeatSpec,
])
/** A residual layer may hold another one, and that no further: files from outside cannot go deeper. */
const nestedSpec = z.discriminatedUnion('type', [...plainSpec.options, residualSpec(plainSpec)])

/** Every layer as data: what an architecture lists. Unknown keys and types are errors. */
export const layerSpec = z.discriminatedUnion('type', [...plainSpec.options, residualSpec(nestedSpec)])
export type LayerSpec = z.output<typeof layerSpec>

/**
 * The layer that a spec describes, for the shape that comes in.
 *
 * @param where names the layer in messages
 * @throws OptionError `architecture-invalid` when the shape does not fit
 */
export function createLayer(spec: LayerSpec, inShape: Shape, where: string = spec.type): Layer {
  const layer = make(spec, inShape, where)
  for (const [name, size] of Object.entries(layer.outShape)) {
    if (size > MAX_SIZE) {
      const reason = `the ${name} of its output would be ${size}, the limit is ${MAX_SIZE}`
      throw createError('architecture-invalid', { where, reason })
    }
  }
  return layer
}

function make(spec: LayerSpec, inShape: Shape, where: string): Layer {
  switch (spec.type) {
    case 'lstm':
      return lstm(inShape, spec)
    case 'gru':
      return gru(inShape, spec, where)
    case 'bidirectional':
      return bidirectional(inShape, make(spec.layer, inShape, where))
    case 'residual':
      return residual(inShape, inARow(spec.layers, inShape, where), spec.activation, where)
    case 'dense':
      return dense(inShape, spec)
    case 'conv1d':
      return conv1d(inShape, spec, where)
    case 'conv1d-transposed':
      return conv1dTransposed(inShape, spec)
    case 'self-attention':
      return selfAttention(inShape, spec)
    case 'position':
      return position(inShape)
    case 'activation':
      return activation(inShape, spec)
    case 'layer-norm':
      return layerNorm(inShape, spec)
    case 'batch-norm':
      return batchNorm(inShape, spec)
    case 'dropout':
      return dropout(inShape, spec)
    case 'activity-regularization':
      return activityRegularization(inShape, spec)
    case 'variational':
      return variational(inShape, spec)
    case 'pool':
      return pool(inShape, spec, where)
    case 'upsample':
      return upsample(inShape, spec)
    case 'flatten':
      return flatten(inShape)
    case 'reshape':
      return reshape(inShape, spec, where)
    case 'repeat':
      return repeat(inShape, spec, where)
  }
}

/** Layers within the layer at `where`, each for the shape that the one before it gives. */
function inARow(specs: readonly LayerSpec[], inShape: Shape, where: string): Layer[] {
  let shape = inShape
  return specs.map((spec, i) => {
    const layer = createLayer(spec, shape, `${where}.layers[${i}] (${spec.type})`)
    shape = layer.outShape
    return layer
  })
}

/** The layers of which a layer consists: those within it, and within these, or itself. */
export function leavesOf(spec: LayerSpec): LayerSpec[] {
  switch (spec.type) {
    case 'residual':
      return spec.layers.flatMap(leavesOf)
    case 'bidirectional':
      return [spec.layer]
    default:
      return [spec]
  }
}
