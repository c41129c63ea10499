import { beforeAll, describe, expect, it } from 'vitest'
import type { Scores } from '../../src/core/contracts.js'
import { type Frame, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import {
  type Alignment,
  autoencoder,
  type FittedAutoencoder,
  loadAutoencoder,
  localRuntime,
} from '../../src/detect/index.js'
import { joinScores } from '../../src/detect/scores.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { findArchitecture } from '../../src/nn/index.js'

const runtime = localRuntime(preferredBuild())
const OPTIONS = {
  window: 12,
  stride: 1,
  units: 12,
  latent: 4,
  epochs: 40,
  batchSize: 16,
  learningRate: 0.01,
  patience: 10,
  minDelta: 1e-4,
}

function machine(n: number, seed: number, constant = false): Frame {
  const random = createRandom(seed)
  const values = new Float32Array(n * 3)
  for (let i = 0; i < n; i++) {
    values[i * 3] = Math.sin(0.3 * i) + 0.05 * random.normal()
    values[i * 3 + 1] = Math.cos(0.3 * i) + 0.05 * random.normal()
    values[i * 3 + 2] = constant ? 0 : Math.sin(0.3 * i) * Math.cos(0.3 * i) + 0.05 * random.normal()
  }
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => i),
    timeKind: 'index',
    values,
    channels: ['a', 'b', 'c'],
  }
}

describe.each(['covering', 'end'] as Alignment[])('the autoencoder detector, alignment %s', alignment => {
  let fitted: FittedAutoencoder
  const detector = autoencoder({ ...OPTIONS, alignment }, runtime)
  const context = { validation: machine(120, 2), seed: 1 }
  beforeAll(async () => {
    fitted = await detector.fit(machine(400, 1), context)
  })

  it('scores every sample it can and says why it cannot', async () => {
    const { score, residual, reason } = await fitted.score(machine(100, 3))
    expect(score).toHaveLength(100)
    expect(residual).toHaveLength(300)
    score.forEach((value, i) => {
      expect(Number.isNaN(value)).toBe(reason[i] !== 0)
    })
    expect(reason.filter(r => r !== 0)).toHaveLength(alignment === 'end' ? 11 : 0)
  })

  it('scores a fault high and gives its channel more than an equal share', async () => {
    const frame = machine(200, 4)
    for (let i = 100; i < 120; i++) frame.values[i * 3 + 1] += 0.6
    const { score, residual } = await fitted.score(frame)
    const mean = (from: number, to: number) =>
      score.subarray(from, to).reduce((sum, value) => sum + value, 0) / (to - from)
    expect(mean(100, 120)).toBeGreaterThan(5 * mean(30, 80))
    const share = [0, 1, 2].map(c => residual[110 * 3 + c])
    const total = share[0] + share[1] + share[2]
    expect(share[1]).toBeGreaterThan(total / 3)
    expect(score[110]).toBeCloseTo(total / 3, 4)
  })

  it('gives the same numbers for the same seed, others for another', async () => {
    const frame = machine(60, 5)
    const again = await detector.fit(machine(400, 1), context)
    const other = await detector.fit(machine(400, 1), { ...context, seed: 2 })
    expect((await again.score(frame)).score).toEqual((await fitted.score(frame)).score)
    expect((await other.score(frame)).score).not.toEqual((await fitted.score(frame)).score)
  })

  it('comes back from its state bit for bit, and leaves its input untouched', async () => {
    const frame = machine(80, 6)
    const before = Float32Array.from(frame.values)
    const loaded = loadAutoencoder(fitted.state(), runtime)
    expect((await loaded.score(frame)).score).toEqual((await fitted.score(frame)).score)
    expect(frame.values).toEqual(before)
  })

  it('stays finite with a channel that never moved, and sees it when it does', async () => {
    const quiet = await detector.fit(machine(400, 1, true), { ...context, validation: machine(120, 2, true) })
    const frame = machine(100, 7, true)
    const usual = Math.max(...(await quiet.score(frame)).score.filter(Number.isFinite))
    frame.values[60 * 3 + 2] = 1
    const moved = (await quiet.score(frame)).score
    expect(moved.every(value => Number.isFinite(value) || alignment === 'end')).toBe(true)
    expect(moved[60]).toBeGreaterThan(3 * usual)
  })

  it('stops at once when aborted, and keeps the best weights when asked', async () => {
    const abortAfter = (epochs: number, keepBest: boolean) => {
      const abort = new AbortController()
      const onProgress = ({ epoch }: { epoch: number }) => {
        if (epoch > epochs) abort.abort()
      }
      return { ...context, signal: abort.signal, onProgress, keepBest }
    }
    const run = (hooks: typeof context) => detector.fit(machine(400, 1), hooks)
    await expect(run(abortAfter(3, false))).rejects.toMatchObject({ code: 'interrupted' })
    await expect(run(abortAfter(0, true))).rejects.toMatchObject({ code: 'interrupted' })
    expect((await run(abortAfter(3, true))).history).toHaveLength(3)
  })
})

describe.each([
  ['covering', 'lstm-autoencoder'],
  ['end', 'lstm-autoencoder'],
  ['covering', 'gru-forecaster'],
] as const)('the online form, alignment %s, %s,', (alignment, name) => {
  it.each([1, 3, 20])('gives the bits of the whole series at stride %i, however it is cut', async stride => {
    const architecture = findArchitecture(name)
    const sizes = { units: 6, latent: undefined, epochs: 2, architecture, alignment }
    const fitted = await autoencoder({ ...OPTIONS, ...sizes }, runtime).fit(machine(200, 1), {
      validation: machine(60, 2),
      seed: 1,
    })
    const random = createRandom(5)
    for (const n of [5, 12, 13, 90]) {
      const frame = machine(n, 3)
      const online = fitted.online({ stride })
      const parts: Scores[] = []
      for (let at = 0; at < n; ) {
        const end = Math.min(n, at + 1 + random.integer(20))
        parts.push(online.push(sliceFrame(frame, at, end)))
        at = end
      }
      expect(joinScores([...parts, online.finish()])).toEqual(await fitted.score(frame, { stride }))
    }
  })
})
