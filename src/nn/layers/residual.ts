import { z } from 'zod'
import { createError } from '../../core/errors.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient, timeMajor } from '../signal.js'
import { activationName, withActivation } from './activation.js'
import { chain, prefixed } from './chain.js'
import { dense } from './dense.js'
import type { Layer } from './layer.js'

/** `residual` as data, around layers of the given kinds. */
export function residualSpec<Inner extends z.ZodType>(inner: Inner) {
  return z.strictObject({
    type: z.literal('residual'),
    layers: z.array(inner).min(1).max(100),
    activation: activationName.optional(),
  })
}

/**
 * A shortcut around layers (He et al. 2016): y = x + f(x), then an `activation` if one is given. Where f changes the width, x goes through a
 * dense layer of its own first (a convolution of size 1): y = x P + p + f(x). Parameters: those of the layers, named `0.conv1d.kernel` and so on,
 * then `projection.kernel` P `[I, width]` and `projection.bias` p `[width]` where there are some.
 *
 * @param inShape `[steps, I]`; `[steps, width]` comes out
 * @param layers f, in order
 * @throws OptionError `architecture-invalid` when f changes the number of steps
 */
export function residual(
  inShape: Shape,
  layers: readonly Layer[],
  activation: z.output<typeof activationName> | undefined,
  where: string,
): Layer {
  return withActivation(shortcut(inShape, chain(layers.map(named)), where), activation)
}

/** Within another layer, parameters need names of their own. */
function named(layer: Layer, i: number): Layer {
  return { ...layer, params: prefixed(layer.params, `${i}.${layer.kind}`) }
}

function shortcut(inShape: Shape, inner: Layer, where: string): Layer {
  const { steps } = inShape
  const { width } = inner.outShape
  if (inner.outShape.steps !== steps) {
    const reason = `its layers make ${inner.outShape.steps} steps of ${steps}: they cannot be added to what comes in`
    throw createError('architecture-invalid', { where, reason })
  }
  const projection = width === inShape.width ? undefined : dense(inShape, { type: 'dense', units: width })
  return {
    kind: 'residual',
    outShape: inner.outShape,
    params: [...inner.params, ...prefixed(projection?.params ?? [], 'projection')],
    build(k, params, size) {
      const { batch: maxBatch, inputRows, training, needsInputGradient } = size
      const own = inner.params.length
      const branch = inner.build(k, params.slice(0, own), size)
      const straight = projection?.build(k, params.slice(own), size)
      const floats = steps * maxBatch * width
      const data = k.alloc(floats)
      const room = k.alloc(floats)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * inShape.width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      return {
        output,
        outputRows: steps * maxBatch,
        attention: branch.attention,
        penalty: () => branch.penalty?.() ?? 0,
        forward(signal, batch, pass) {
          input = signal
          branch.forward(signal, batch, pass)
          straight?.forward(signal, batch, pass)
          const n = steps * batch * width
          const x = straight?.output ?? signal
          data.set(timeMajor(room, branch.output, steps, batch, width).subarray(0, n))
          k.add(data, timeMajor(room, x, steps, batch, width), n)
          output.rows = steps * batch
          output.stepRows = batch
        },
        refresh() {
          branch.refresh?.()
          straight?.refresh?.()
        },
        backward(outputGradient, batch) {
          const of = (signal: Signal) => rowGradient(k, room, outputGradient, signal, steps, batch, width)
          const bent = branch.backward(of(branch.output), batch)
          const past = straight === undefined ? of(input) : straight.backward(of(straight.output), batch)
          if (!needsInputGradient || bent === undefined || past === undefined) return undefined
          const n = input.rows * inShape.width
          inputGradient.set(past.subarray(0, n))
          k.add(inputGradient, bent, n)
          return inputGradient
        },
      }
    },
  }
}
