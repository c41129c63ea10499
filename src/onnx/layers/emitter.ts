import type { Tensor } from '../../core/state.js'
import type { LayerSpec, Network, Shape } from '../../nn/index.js'
import type { GraphBuilder } from '../graph.js'

export type Params = Readonly<Record<string, Tensor>>

/** A layer of a trained network. */
export interface TrainedLayer<Spec> {
  readonly spec: Spec
  readonly inShape: Shape
  readonly outShape: Shape
  /** Its parameters by name. */
  readonly params: Params
}

/** Adds the nodes of a sequence of layers, for layers that contain others. */
export type RowEmitter = (graph: GraphBuilder, x: string, network: Network, params: Params) => string

/** Adds the nodes of a layer as it acts in scoring: `[batch, steps, width]` in, `[batch, steps, width]` out. */
export type Emitter<Spec = LayerSpec> = (
  graph: GraphBuilder,
  x: string,
  layer: TrainedLayer<Spec>,
  emitRow: RowEmitter,
) => string

export type SpecOf<Type extends LayerSpec['type']> = Extract<LayerSpec, { readonly type: Type }>
