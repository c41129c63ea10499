import { createError, TelltaleError } from '../../core/errors.js'
import { createLayer, type Layer, type LayerSpec } from '../layers/index.js'
import type { Shape } from '../shape.js'

/** A layer at its place in a network: shapes are known, nothing is allocated. */
export interface PlacedLayer {
  readonly spec: LayerSpec
  readonly layer: Layer
  readonly inShape: Shape
  /** File and path, or what it was derived for. */
  readonly where: string
}

/** Layers that carry a state along time. */
export const RECURRENT: readonly string[] = ['lstm', 'gru']
/** Layers that need a sequence to say anything. */
const NEEDS_STEPS = [...RECURRENT, 'pool']

/**
 * Puts a layer after the shape that comes in.
 *
 * @param collapsed whether the steps of the window were merged into one before
 * @throws OptionError `architecture-invalid` with the place and the dimension that does not fit
 */
export function placeLayer(spec: LayerSpec, inShape: Shape, collapsed: boolean, where: string): PlacedLayer {
  if (collapsed && inShape.steps === 1 && NEEDS_STEPS.includes(spec.type)) {
    throw createError('architecture-invalid', {
      where,
      reason: `${spec.type} needs a sequence, but a layer before it gives a single step; let that one return sequences`,
    })
  }
  if (spec.type === 'repeat' && inShape.steps !== 1) {
    throw createError('architecture-invalid', {
      where,
      reason: `repeat needs a single step, but ${inShape.steps} come in`,
    })
  }
  try {
    return { spec, layer: createLayer(spec, inShape), inShape, where }
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error
    const reason = String(error.where.reason ?? error.message)
    throw createError('architecture-invalid', { where, reason }, error)
  }
}
