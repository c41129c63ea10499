import { affine } from './dense.js'
import type { Emitter, SpecOf } from './emitter.js'

/** The mean: the variance is for training. */
export const emitVariational: Emitter<SpecOf<'variational'>> = (graph, x, { params }) =>
  affine(graph, x, params.meanKernel, params.meanBias)
