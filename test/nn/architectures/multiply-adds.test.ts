import { describe, expect, it } from 'vitest'
import { multiplyAddsOf } from '../../../src/nn/architectures/multiply-adds.js'

const shape = { steps: 10, width: 3 }
const lstm = { type: 'lstm', units: 4 } as const

describe('the multiply-adds of a window', () => {
  it('are those of both directions', () => {
    expect(multiplyAddsOf({ type: 'bidirectional', layer: lstm }, shape)).toBe(2 * 10 * 4 * 4 * (3 + 4))
  })

  it('are those of each input step in a transposed convolution', () => {
    const spread = { type: 'conv1d-transposed', filters: 5, kernelSize: 4, stride: 2 } as const
    expect(multiplyAddsOf(spread, shape)).toBe(10 * 4 * 3 * 5)
  })

  it('are, in attention, those of its kernels and of each step with each other, for scores and means', () => {
    const attention = { type: 'self-attention', heads: 2, keyWidth: 4 } as const
    expect(multiplyAddsOf(attention, shape)).toBe(10 * (3 * 24 + 8 * 3) + 2 * 10 * 10 * 8)
  })

  it('are, in a residual layer, those of its layers at the steps they work on, and of its projection', () => {
    const layers = [
      { type: 'conv1d', filters: 2, kernelSize: 3 },
      { type: 'conv1d-transposed', filters: 5, kernelSize: 3 },
    ] as const
    const inner = 8 * 3 * 3 * 2 + 8 * 3 * 2 * 5
    expect(multiplyAddsOf({ type: 'residual', layers: [...layers] }, shape)).toBe(inner + 10 * 3 * 5)
  })
})
