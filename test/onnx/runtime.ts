import { env, InferenceSession, Tensor } from 'onnxruntime-web'
import { type Network, weightsToTensors } from '../../src/nn/index.js'
import { createGraph } from '../../src/onnx/graph.js'
import { emitNetwork } from '../../src/onnx/network.js'
import { encodeModel } from '../../src/onnx/proto.js'
import { runNetwork } from '../nn/run.js'

env.wasm.numThreads = 1

export type Values = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: number[] }>>
/** Runs the file on a batch; several calls share one session. */
export type Runner = (
  inputs: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float64Array | Float32Array }>
  >,
) => Promise<Values>

/** A file in ONNX Runtime (WASM, one thread). */
export async function openOnnx(bytes: Uint8Array): Promise<Runner> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  return async inputs => {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data }]) => [
        name,
        data instanceof Float64Array
          ? new Tensor('float64', data, shape)
          : new Tensor('float32', data, shape),
      ]),
    )
    const outputs = await session.run(feeds)
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { dims, data }]) => [
        name,
        { shape: dims, data: Array.from(data as ArrayLike<number>, Number) },
      ]),
    )
  }
}

/** Largest difference, relative to 1 or to the expected value where that is more. */
export function difference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs(got[i] - wanted[i]) / Math.max(1, Math.abs(wanted[i]))
    // A NaN on one side only is as far as can be.
    if (Object.is(got[i], wanted[i])) continue
    largest = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(largest, apart)
  }
  return largest
}

/** What telltale gives for a batch, `[batch, steps, width]`, with sums in float64. */
export function ownOutput(network: Network, weights: Float32Array, x: Float32Array): Float32Array {
  const { inShape, outShape } = network
  const run = runNetwork(network, { batch: 1, training: false, build: 'reference' })
  run.weights.set(weights)
  const size = inShape.steps * inShape.width
  const y = Array.from({ length: x.length / size }, (_, b) => {
    run.input.set(x.subarray(b * size, (b + 1) * size))
    return [...run.forward({ data: run.input, rows: inShape.steps, stepRows: 1, batchRows: 1 }, 1)]
  })
  return Float32Array.from(y.flatMap(window => window.slice(0, outShape.steps * outShape.width)))
}

/** The bare network as a file: `x` in, `y` out. */
export function networkFile(network: Network, weights: Float32Array): Uint8Array {
  const graph = createGraph()
  const y = emitNetwork(graph, 'x', network, weightsToTensors(network, weights))
  const value = (name: string, { steps, width }: Network['inShape']) =>
    ({ name, type: 'float', shape: ['batch', steps, width], description: '' }) as const
  graph.output('y', 'Identity', [y])
  return encodeModel({
    producer: { name: 'test', version: '0' },
    description: '',
    metadata: {},
    graph: {
      name: 'test',
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [value('x', network.inShape)],
      outputs: [value('y', network.outShape)],
    },
  })
}
