import { describe, expect, it } from 'vitest'
import { ACTIVATIONS } from '../../../src/kernels/index.js'
import { createNetwork, layerSpec } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, likePyTorch } from './suite.js'

describe('activation', () => {
  likePyTorch('activation')
  conforms(
    Object.fromEntries(
      ACTIVATIONS.map(activation => [
        activation,
        architectureOf(
          [4, 3],
          [
            { type: 'dense', units: 5 },
            { type: 'activation', activation },
          ],
        ),
      ]),
    ),
  )
  conforms({
    'first of all': architectureOf(
      [4, 3],
      [
        { type: 'activation', activation: 'tanh' },
        { type: 'dense', units: 3, activation: 'softplus' },
      ],
    ),
    'of a repeated vector': architectureOf(
      [1, 3],
      [
        { type: 'dense', units: 5 },
        { type: 'repeat', times: 4 },
        { type: 'activation', activation: 'gelu' },
        { type: 'dense', units: 2 },
      ],
    ),
  })

  function values(activation: (typeof ACTIVATIONS)[number], inputs: number[]): number[] {
    const network = createNetwork(architectureOf([inputs.length, 1], [{ type: 'activation', activation }]))
    const run = runNetwork(network, { batch: 1, training: false })
    run.input.set(inputs)
    const signal = { data: run.input, rows: inputs.length, stepRows: 1, batchRows: 1 }
    return [...run.forward(signal, 1)]
  }

  it.each(ACTIVATIONS)('%s lets NaN through and nothing else becomes NaN', activation => {
    const [nan, ...others] = values(activation, [Number.NaN, -200, -1, 0, 1, 200])
    expect(nan).toBeNaN()
    expect(others.every(Number.isFinite)).toBe(true)
  })

  it('is the identity, or one of the known curves', () => {
    const x = [-2, 0, 1]
    const wanted = {
      linear: [-2, 0, 1],
      relu: [0, 0, 1],
      'leaky-relu': [-0.02, 0, 1],
      elu: [-0.8646647, 0, 1],
      gelu: [-0.0454023, 0, 0.841192],
      tanh: [-0.9640276, 0, 0.7615942],
      sigmoid: [0.1192029, 0.5, 0.7310586],
      softplus: [0.126928, Math.LN2, 1.3132617],
    }
    for (const activation of ACTIVATIONS) {
      values(activation, x).forEach((y, i) => {
        expect(y, activation).toBeCloseTo(wanted[activation][i], 6)
      })
    }
  })

  it('is refused under an unknown name', () => {
    expect(layerSpec.safeParse({ type: 'activation', activation: 'swish' }).success).toBe(false)
  })
})
