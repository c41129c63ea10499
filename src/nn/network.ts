import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import type { Random } from '../core/random.js'
import type { Tensor } from '../core/state.js'
import type { Kernels } from '../kernels/index.js'
import type { Architecture } from './architecture.js'
import { chain, createLayer, type Layer, type Param, type Pass } from './layers/index.js'
import { type Loss, lossOf } from './losses.js'
import type { Shape, Signal } from './shape.js'
import { rowGradient, timeMajor } from './signal.js'

interface Slot {
  readonly name: string
  readonly layer: number
  readonly shape: readonly number[]
  readonly offset: number
  readonly length: number
}

/** What the output of a network stands for: `steps` samples from `offset` after the first sample of its window. */
export interface Target {
  readonly offset: number
  readonly steps: number
}

/** A sequence of layers with all their parameters in one flat array. */
export interface Network {
  readonly architecture: Architecture
  readonly inShape: Shape
  readonly outShape: Shape
  readonly layers: readonly Layer[]
  /** The window itself, or for a forecaster the samples after it. */
  readonly target: Target
  /** Samples from the first one that goes in to the last one that the output is compared with. */
  readonly span: number
  readonly loss: Loss
  /** Trainable numbers. */
  readonly parameterCount: number
  /** Length of the flat array: each parameter starts at a multiple of 4 floats, so it is a little longer than `parameterCount`. */
  readonly flatLength: number
  readonly slots: readonly Slot[]
  /** Intervals of the flat array that are running statistics: their gradient is what they move towards. */
  readonly statistics: readonly Interval[]
}

/**
 * Puts the layers of an architecture together. Costs nothing but shapes: no weights are allocated.
 */
export function createNetwork(architecture: Architecture): Network {
  const inShape: Shape = { steps: architecture.inputShape[0], width: architecture.inputShape[1] }
  const layers: Layer[] = []
  const slots: Slot[] = []
  const statistics: Interval[] = []
  let shape = inShape
  let offset = 0
  let parameterCount = 0
  architecture.layers.forEach((spec, layer) => {
    const made = createLayer(spec, shape, `layers[${layer}] (${spec.type})`)
    for (const param of made.params) {
      const length = param.shape.reduce((product, size) => product * size, 1)
      const name = `${layer}.${made.kind}.${param.name}`
      slots.push({ name, layer, shape: param.shape, offset, length })
      if (param.statistic) statistics.push({ start: offset, end: offset + length })
      else parameterCount += length
      offset += Math.ceil(length / 4) * 4
    }
    layers.push(made)
    shape = made.outShape
  })
  const { horizon } = architecture
  const target =
    horizon === undefined ? { offset: 0, steps: inShape.steps } : { offset: inShape.steps, steps: horizon }
  return {
    architecture,
    inShape,
    outShape: shape,
    layers,
    target,
    span: target.offset + target.steps,
    loss: lossOf(architecture.loss),
    parameterCount,
    flatLength: offset,
    slots,
    statistics,
  }
}

/** Fresh weights `[flatLength]`: the same seed gives the same weights on every build. */
export function initialWeights(network: Network, random: Random): Float32Array {
  const weights = new Float32Array(network.flatLength)
  const params = network.layers.flatMap(layer => layer.params)
  network.slots.forEach((slot, i) => {
    weights.set(params[i].initialise(random.fork(slot.name)), slot.offset)
  })
  return weights
}

/** The weights by name (`0.lstm.kernel`, ...), as stored in an artefact. */
export function weightsToTensors(network: Network, weights: Float32Array): Record<string, Tensor> {
  return Object.fromEntries(
    network.slots.map(({ name, shape, offset, length }) => [
      name,
      { shape, data: weights.slice(offset, offset + length) },
    ]),
  )
}

/** The flat weights from named tensors. Throws ArtefactError `artefact-damaged` when a tensor is missing or has another size. */
export function tensorsToWeights(network: Network, tensors: Readonly<Record<string, Tensor>>): Float32Array {
  // Before anything is allocated: an architecture from outside may ask for any size.
  for (const { name, length } of network.slots) {
    const tensor = tensors[name]
    if (tensor?.data.length !== length) {
      const reason =
        tensor === undefined
          ? `the tensor ${name} is missing`
          : `the tensor ${name} has ${tensor.data.length} numbers, not ${length}`
      throw createError('artefact-damaged', { path: 'the model', file: 'weights', reason })
    }
  }
  const weights = new Float32Array(network.flatLength)
  for (const { name, offset } of network.slots) weights.set(tensors[name].data, offset)
  return weights
}

/** A network with weights and buffers in an arena. */
export interface NetworkRun {
  readonly kernels: Kernels
  /** In training, of each attention layer: its weights `[heads, steps, steps]` for the first window of the last `forward`. */
  readonly attention: readonly Tensor[]
  /** `[flatLength]`; call `refresh` after changing it. */
  readonly weights: Float32Array
  /** `[flatLength]` accumulated by `backward`; empty when not training. */
  readonly gradients: Float32Array
  /** `[steps * batch * width]` (training) or the distinct rows of overlapping windows (scoring): fill before `forward`. */
  readonly input: Float32Array
  /**
   * Time-major output `[steps, batch, width]`.
   *
   * @param pass of training; without it layers act as in scoring
   */
  forward(input: Signal, batch: number, pass?: Pass): Float32Array
  /** Sum over the windows of the last `forward` of what layers add to the loss. */
  penalty(): number
  refresh(): void
  /**
   * `outputGradient` `[steps, batch, width]`; adds to `gradients`. Returns the gradient of the rows of the input, where it was asked for.
   */
  backward(outputGradient: Float32Array, batch: number): Float32Array | undefined
  /** `[steps * batch * outWidth]` for a loss; empty when not training. */
  readonly lossGradient: Float32Array
  /** `[scratch]` for the caller. */
  readonly scratch: Float32Array
}

export interface NetworkRunOptions {
  /** Largest batch of one call. */
  readonly batch: number
  /** Training keeps what `backward` needs; scoring reuses buffers and takes overlapping windows. */
  readonly training: boolean
  /** Distance of overlapping windows when scoring, samples. */
  readonly stride?: number
  /** Whether `backward` gives the gradient of the input. Default false. */
  readonly inputGradient?: boolean
  /** Floats of the arena that the caller wants for itself. */
  readonly scratch?: number
}

/**
 * Allocates the buffers of a network for one batch size, from an arena (`Arena.region`) or from a memory of their own.
 */
export function layOutNetwork(network: Network, options: NetworkRunOptions, kernels: Kernels): NetworkRun {
  const { batch: maxBatch, training, stride = 1 } = options
  const { steps, width } = network.inShape
  const inputRows = training ? steps * maxBatch : (maxBatch - 1) * stride + steps
  const weights = kernels.alloc(network.flatLength)
  const gradients = kernels.alloc(training ? network.flatLength : 0)
  const input = kernels.alloc(inputRows * width)
  const params: Param[] = network.slots.map(({ offset, length }) => ({
    value: weights.subarray(offset, offset + length),
    gradient: gradients.subarray(offset, offset + length),
  }))
  const needsInputGradient = options.inputGradient ?? false
  const size = { batch: maxBatch, inputRows, training, needsInputGradient, stream: 1 }
  const body = chain(network.layers).build(kernels, params, size)
  const { steps: outSteps, width: outWidth } = network.outShape
  const spread = kernels.alloc(outSteps * maxBatch * outWidth)
  const lossGradient = kernels.alloc(training ? outSteps * maxBatch * outWidth : 0)
  const scratch = kernels.alloc(options.scratch ?? 0)

  return {
    kernels,
    attention: body.attention ?? [],
    weights,
    gradients,
    input,
    lossGradient,
    scratch,
    forward(signal, batch, pass) {
      body.forward(signal, batch, pass)
      return timeMajor(spread, body.output, outSteps, batch, outWidth)
    },
    penalty: () => body.penalty?.() ?? 0,
    refresh: () => body.refresh?.(),
    backward(outputGradient, batch) {
      return body.backward(
        rowGradient(kernels, spread, outputGradient, body.output, outSteps, batch, outWidth),
        batch,
      )
    },
  }
}
