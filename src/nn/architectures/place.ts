import { createError } from '../../core/errors.js'
import { createLayer, type Layer, type LayerSpec, leavesOf } from '../layers/index.js'
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
export const RECURRENT: readonly string[] = ['lstm', 'gru', 'bidirectional']
/** Layers that need a sequence to say anything. */
const NEEDS_STEPS = [...RECURRENT, 'self-attention', 'pool']

/** Whether a layer gives different steps even where all that come in are the same. */
export function variesInTime(spec: LayerSpec): boolean {
  return leavesOf(spec).some(({ type }) => type === 'position' || RECURRENT.includes(type))
}

/**
 * Puts a layer after the shape that comes in.
 *
 * @param collapsed whether the steps of the window were merged into one before
 * @throws OptionError `architecture-invalid` with the place and the dimension that does not fit
 */
export function placeLayer(spec: LayerSpec, inShape: Shape, collapsed: boolean, where: string): PlacedLayer {
  const sequential = leavesOf(spec).find(({ type }) => NEEDS_STEPS.includes(type))
  if (collapsed && inShape.steps === 1 && sequential !== undefined) {
    throw createError('architecture-invalid', {
      where,
      reason: `${sequential.type} needs a sequence, but a layer before it gives a single step; let that one return sequences`,
    })
  }
  if (spec.type === 'repeat' && inShape.steps !== 1) {
    throw createError('architecture-invalid', {
      where,
      reason: `repeat needs a single step, but ${inShape.steps} come in`,
    })
  }
  return { spec, layer: createLayer(spec, inShape, where), inShape, where }
}
