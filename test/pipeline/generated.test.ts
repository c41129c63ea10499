import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { TelltaleError } from '../../src/core/errors.js'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { detect, exportOnnx, trainModel } from '../../src/pipeline/index.js'
import { loadModel, saveModel } from '../../src/store/index.js'
import { anyLayer } from '../nn/architectures/arbitrary.js'
import { openOnnx } from '../onnx/runtime.js'

const N = 120
const causal = { alignment: 'causal' } as const

function machine(channels: number): Frame {
  const random = createRandom(4)
  return {
    timeMs: Float64Array.from({ length: N }, (_, i) => i),
    timeKind: 'index',
    values: Float64Array.from({ length: N * channels }, (_, i) => Math.sin(i / 7) + 0.1 * random.normal()),
    channels: Array.from({ length: channels }, (_, c) => `c${c}`),
  }
}

it('any architecture is refused with a reason, or trains and comes back from the artefact and as ONNX with the same scores', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-any-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  let trained = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 2, max: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
      async (encoder, window, channels, horizon) => {
        const frame = machine(channels)
        const definition = { name: 'any', units: 4, latent: 2, encoder, ...(horizon && { horizon }) }
        const options = { detector: 'autoencoder', window, epochs: 1, workers: 1 } as const
        const attempt = trainModel(frame, options, { architecture: definition })
        const model = await attempt.catch(error => {
          expect(error).toBeInstanceOf(TelltaleError)
          expect(error.code).toBe('architecture-invalid')
          expect(error.message).toMatch(/^any(: |:$)/)
        })
        if (model === undefined) return
        trained++
        const path = join(folder, 'model')
        await saveModel(model, path)
        const loaded = await loadModel(path)
        const { score } = await detect(model, frame, causal)
        expect((await detect(loaded, frame, causal)).score).toEqual(score)

        const span = window + (horizon ?? 0)
        const run = await openOnnx(exportOnnx(loaded))
        const last = Float64Array.from(frame.values.subarray((N - span) * channels))
        const got = await run({ window: { shape: [1, span, channels], data: last } })
        expect(Math.abs(got.score.data[0] - score[N - 1])).toBeLessThan(1e-5 * (1 + Math.abs(score[N - 1])))
      },
    ),
    { numRuns: 60, seed: 3 },
  )
  expect(trained).toBeGreaterThan(10)
})
