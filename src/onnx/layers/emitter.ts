import type { Tensor } from '../../core/state.js'
import type { LayerSpec, Shape } from '../../nn/index.js'
import type { GraphBuilder } from '../graph.js'

/** A layer as it stands in a trained network. */
export interface TrainedLayer<Spec> {
  readonly spec: Spec
  readonly inShape: Shape
  readonly outShape: Shape
  /** Its parameters by name. */
  readonly params: Readonly<Record<string, Tensor>>
}

/** Adds the nodes of a layer: `[batch, steps, width]` in, `[batch, steps, width]` out. */
export type Emitter<Spec = LayerSpec> = (graph: GraphBuilder, x: string, layer: TrainedLayer<Spec>) => string

export type SpecOf<Type extends LayerSpec['type']> = Extract<LayerSpec, { readonly type: Type }>
