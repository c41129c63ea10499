import { describe, expect, it } from 'vitest'
import type { Frame, ScaledFrame } from '../../../src/core/frame.js'
import { sliceFrame } from '../../../src/core/frame.js'
import { autoencoder, loadAutoencoder, localRuntime } from '../../../src/detect/index.js'
import { preferredBuild } from '../../../src/kernels/index.js'
import {
  ARCHITECTURES,
  checkDefinition,
  findArchitecture,
  measureNetwork,
  resolveArchitecture,
} from '../../../src/nn/index.js'
import { SCALERS } from '../../../src/scale/index.js'
import { generateOptions, generatePlant } from '../../../src/simulate/index.js'
import { scoresOf } from '../../detect/online.js'

const runtime = localRuntime(preferredBuild())
const OPTIONS = {
  window: 20,
  stride: 2,
  epochs: 12,
  batchSize: 16,
  learningRate: 0.003,
  patience: 0,
  minDelta: 0,
} as const

function plant(): { train: ScaledFrame; validation: ScaledFrame } {
  const { train } = generatePlant(generateOptions.parse({ out: 'x', rows: 1200, channels: 4, faults: 1 }))
  const part = sliceFrame(train, 0, 900)
  const scaler = SCALERS.standard.fit(part)
  return { train: scaler.transform(part), validation: scaler.transform(sliceFrame(train, 920, 1200)) }
}

/** Mean squared error of the best constant per channel, in hindsight. */
function constantLoss({ values, channels }: Frame): number {
  const c = channels.length
  const n = values.length / c
  let sum = 0
  for (let j = 0; j < c; j++) {
    let mean = 0
    for (let i = 0; i < n; i++) mean += values[i * c + j] / n
    for (let i = 0; i < n; i++) sum += (values[i * c + j] - mean) ** 2
  }
  return sum / values.length
}

describe.each(ARCHITECTURES.map(definition => [definition.name, definition] as const))(
  '%s',
  (_, architecture) => {
    it('learns generated plant data better than a constant, and comes back from its state bit for bit', async () => {
      const { train, validation } = plant()
      const sizes = architecture.units === undefined ? {} : { units: Math.min(32, architecture.units) }
      const fitted = await autoencoder({ ...OPTIONS, ...sizes, architecture }, runtime).fit(train, {
        validation,
        seed: 1,
      })
      const best = Math.min(...fitted.history.map(({ validationLoss }) => validationLoss))
      expect(best).toBeLessThan(constantLoss(validation) / 2)
      const loaded = loadAutoencoder(
        JSON.parse(JSON.stringify(fitted.state(), asArrays), fromArrays),
        runtime,
      )
      expect(loaded.network.architecture).toEqual(fitted.network.architecture)
      expect(scoresOf(loaded, validation)).toEqual(scoresOf(fitted, validation))
    })

    it('is a valid file, says when to use it, and fits any window from 4 on', () => {
      expect(checkDefinition(JSON.parse(JSON.stringify(architecture)), 'x')).toEqual(architecture)
      expect(architecture.when).toMatch(/^\p{Lu}.*\.$/u)
      for (const window of [4, 5, 7, 30, 31, 128]) {
        const { inputShape } = resolveArchitecture(architecture, { window, channels: 2 })
        expect(inputShape).toEqual([window, 2])
      }
    })

    it('has the latent size that the user asks for, or says that it has none', () => {
      if (architecture.latent === undefined) {
        const ask = () => resolveArchitecture(architecture, { window: 20, channels: 2, latent: 7 })
        expect(ask).toThrow(/no layer of this architecture has the size "latent"/)
        return
      }
      const { layers } = resolveArchitecture(architecture, { window: 20, channels: 2, latent: 7 })
      expect(layers.some(layer => 'units' in layer && layer.units === 7)).toBe(true)
    })
  },
)

const asArrays = (_: string, value: unknown) =>
  value instanceof Float32Array ? { float32: [...value] } : value
const fromArrays = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && 'float32' in value
    ? Float32Array.from(value.float32 as number[])
    : value

describe('the catalogue', () => {
  it('has no name twice, and refuses one it does not have with those that it has', () => {
    const names = ARCHITECTURES.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(() => findArchitecture('lstm')).toThrow(expect.objectContaining({ code: 'architecture-unknown' }))
  })
})

describe('measuring a network', () => {
  it('counts the windows of the steps that fit in the time', () => {
    let clock = 0
    const speed = measureNetwork(resolveArchitecture(ARCHITECTURES[0], { window: 6, channels: 2 }), {
      now: () => (clock += 50),
      budgetMs: 200,
      batchSize: 8,
    })
    // Each look at the clock is 50 ms later: a step takes 50 ms.
    expect(speed.training).toBeCloseTo(8 * 20)
    expect(speed.scoring).toBeCloseTo(64 * 20)
  })
})
