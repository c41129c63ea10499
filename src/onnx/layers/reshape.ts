import { reshape } from '../graph.js'
import type { Emitter, SpecOf } from './emitter.js'

/** Numbers keep their order, so that the shape that comes out says all: for `flatten` and `reshape`. */
export const emitReshape: Emitter<SpecOf<'flatten'> | SpecOf<'reshape'>> = (graph, x, { outShape }) =>
  reshape(graph, x, [outShape.steps, outShape.width])
