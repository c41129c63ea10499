import { z } from 'zod'
import { createError } from '../../core/errors.js'
import type { Shape } from '../shape.js'
import { activation, activationSpec } from './activation.js'
import { conv1d, conv1dSpec } from './conv1d.js'
import { dense, denseSpec } from './dense.js'
import { gru, gruSpec } from './gru.js'
import { type Layer, MAX_SIZE } from './layer.js'
import { layerNorm, layerNormSpec } from './layer-norm.js'
import { lstm, lstmSpec } from './lstm.js'
import { pool, poolSpec } from './pool.js'
import { repeat, repeatSpec } from './repeat.js'
import { flatten, flattenSpec, reshape, reshapeSpec } from './reshape.js'
import { upsample, upsampleSpec } from './upsample.js'

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

/** Every layer as data: what an architecture lists. Unknown keys and types are errors. */
export const layerSpec = z.discriminatedUnion('type', [
  lstmSpec,
  gruSpec,
  denseSpec,
  conv1dSpec,
  activationSpec,
  layerNormSpec,
  poolSpec,
  upsampleSpec,
  flattenSpec,
  reshapeSpec,
  repeatSpec,
])
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
      return gru(inShape, spec)
    case 'dense':
      return dense(inShape, spec)
    case 'conv1d':
      return conv1d(inShape, spec, where)
    case 'activation':
      return activation(inShape, spec)
    case 'layer-norm':
      return layerNorm(inShape, spec)
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
