import type { Tensor } from '../../core/state.js'
import { reshape, transpose } from '../graph.js'
import { affine } from './dense.js'
import type { Emitter, SpecOf } from './emitter.js'

/** Heads become an axis before the steps: one product per window and head. */
export const emitSelfAttention: Emitter<SpecOf<'self-attention'>> = (graph, x, { spec, inShape, params }) => {
  const { heads, keyWidth, causal = false } = spec
  const { steps } = inShape
  const inner = heads * keyWidth
  const [query, key, value] = ['query', 'key', 'value'].map((name, which) => {
    const [kernel, bias] = [params.kernel, params.bias].map(tensor => columnsOf(tensor, which * inner, inner))
    return reshape(graph, affine(graph.within(name), x, kernel, bias), [steps, heads, keyWidth])
  })
  const product = graph.node('MatMul', [
    transpose(graph, query, [0, 2, 1, 3]),
    transpose(graph, key, [0, 2, 3, 1]),
  ])
  const scaled = graph.node('Mul', [product, graph.scalar('scale', 1 / Math.sqrt(keyWidth))])
  const seen = causal
    ? graph.node('Add', [scaled, graph.constant('mask', laterSteps(steps), [steps, steps])])
    : scaled
  const weights = graph.node('Softmax', [seen], { axis: -1 })
  const context = graph.node('MatMul', [weights, transpose(graph, value, [0, 2, 1, 3])])
  const joined = reshape(graph, transpose(graph, context, [0, 2, 1, 3]), [steps, inner])
  return affine(graph.within('output'), joined, params.outputKernel, params.outputBias)
}

/** `count` columns from `first` on; a list is one row. */
function columnsOf({ shape, data }: Tensor, first: number, count: number): Tensor {
  const columns = shape[shape.length - 1]
  const rows = data.length / columns
  const out = new Float32Array(rows * count)
  for (let row = 0; row < rows; row++) {
    out.set(data.subarray(row * columns + first, row * columns + first + count), row * count)
  }
  return { shape: [...shape.slice(0, -1), count], data: out }
}

/** 0 for the steps that a step may see, minus infinity for those after it: their weight is exactly 0. */
function laterSteps(steps: number): Float32Array {
  return Float32Array.from({ length: steps * steps }, (_, i) =>
    i % steps > Math.floor(i / steps) ? Number.NEGATIVE_INFINITY : 0,
  )
}
