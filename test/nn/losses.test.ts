import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKernels, preferredBuild } from '../../src/kernels/index.js'
import { lossName, lossOf } from '../../src/nn/index.js'

const FIXTURE = JSON.parse(
  readFileSync(new URL('../fixtures/nn/optimizers.json', import.meta.url), 'utf8'),
) as { prediction: number[][]; target: number[][]; losses: Record<string, number> }

function evaluate(name: (typeof lossName.options)[number], y: number[], x: number[], rows: number) {
  const k = createKernels({ bytes: 4096, build: preferredBuild() })
  const [output, target, gradient] = [k.alloc(y.length), k.alloc(x.length), k.alloc(y.length)]
  output.set(y)
  target.set(x)
  const sum = lossOf(name).evaluate(k, gradient, output, target, 1, rows, x.length / rows)
  return { sum, gradient: [...gradient] }
}

describe('losses', () => {
  it.each(Object.entries(FIXTURE.losses))('%s has the mean that Keras gives', (name, wanted) => {
    const [y, x] = [FIXTURE.prediction.flat(), FIXTURE.target.flat()]
    const { sum } = evaluate(lossName.parse(name), y, x, FIXTURE.target.length)
    expect(sum / x.length).toBeCloseTo(wanted, 5)
  })

  it('gaussian-nll has the sum and the gradient that PyTorch 2 gives', () => {
    const { sum, gradient } = evaluate('gaussian-nll', [0.5, -1, 2, 0.3, -0.7, 1.1], [0.1, 0.2, -0.5], 1)
    expect(sum).toBeCloseTo(2.8993895053863525, 6)
    const wanted = [
      0.29632729291915894, -2.416503429412842, 0.8321776986122131, 0.4407345652580261, -0.9499019980430603,
      -0.5402220487594604,
    ]
    wanted.forEach((value, i) => {
      expect(gradient[i]).toBeCloseTo(value, 6)
    })
  })

  it.each(lossName.options)('%s has the gradient that central differences give', name => {
    const { outputs } = lossOf(name)
    const number = fc.double({ min: -3, max: 3, noNaN: true })
    fc.assert(
      fc.property(fc.array(number, { minLength: 2 * outputs, maxLength: 2 * outputs }), y => {
        const x = [0.25, -0.5]
        const { gradient } = evaluate(name, y, x, 1)
        y.forEach((value, i) => {
          const at = (moved: number) => evaluate(name, y.with(i, moved), x, 1).sum
          const delta = 1e-3
          const numeric = (at(value + delta) - at(value - delta)) / (2 * delta)
          // The kinks of mae lie at the targets.
          if (name === 'mae' && Math.abs(value - x[i]) <= delta) return
          expect(Math.abs(gradient[i] - numeric)).toBeLessThan(5e-3 * (1 + Math.abs(numeric)))
        })
      }),
      { numRuns: 50, seed: 1 },
    )
  })

  it('log-cosh of a large error does not overflow', () => {
    expect(evaluate('log-cosh', [1e6], [0], 1).sum).toBeCloseTo(1e6 - Math.LN2, 0)
  })
})
