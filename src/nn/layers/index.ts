import { z } from 'zod'
import type { Shape } from '../shape.js'
import { dense, denseSpec } from './dense.js'
import { gru, gruSpec } from './gru.js'
import type { Layer } from './layer.js'
import { lstm, lstmSpec } from './lstm.js'
import { repeat, repeatSpec } from './repeat.js'

export { type Layer, type LayerRun, layerSize, type Param, type ParamSpec, type RunSize } from './layer.js'

/** Every layer as data: what an architecture lists. Unknown keys and types are errors. */
export const layerSpec = z.discriminatedUnion('type', [lstmSpec, gruSpec, denseSpec, repeatSpec])
export type LayerSpec = z.output<typeof layerSpec>

/** The layer that a spec describes, for the shape that comes in. */
export function createLayer(spec: LayerSpec, inShape: Shape): Layer {
  switch (spec.type) {
    case 'lstm':
      return lstm(inShape, spec)
    case 'gru':
      return gru(inShape, spec)
    case 'dense':
      return dense(inShape, spec)
    case 'repeat':
      return repeat(inShape, spec)
  }
}
