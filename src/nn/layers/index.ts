import type { Shape } from '../shape.js'
import { dense } from './dense.js'
import type { Layer } from './layer.js'
import { lstm } from './lstm.js'
import { repeat } from './repeat.js'

export type { Layer, LayerRun, Param, ParamSpec, RunSize } from './layer.js'

/** A layer as data: what an architecture lists. */
export type LayerSpec =
  | { readonly type: 'lstm'; readonly units: number; readonly returnSequences?: boolean }
  | { readonly type: 'dense'; readonly units: number }
  | { readonly type: 'repeat'; readonly times: number }

/** The layer that a spec describes, for the shape that comes in. */
export function createLayer(spec: LayerSpec, inShape: Shape): Layer {
  switch (spec.type) {
    case 'lstm':
      return lstm(inShape, spec.units, spec.returnSequences ?? false)
    case 'dense':
      return dense(inShape, spec.units)
    case 'repeat':
      return repeat(inShape, spec.times)
  }
}
