import { describe, expect, it } from 'vitest'
import { auto, SIMPLE_DETECTORS, simpleLoaders } from '../../src/detect/index.js'
import { frameOf, machine } from './suite.js'

const context = { validation: frameOf(new Float32Array(0), 2), seed: 1 }

describe('the catalogue of simple detectors', () => {
  it.each(Object.entries(SIMPLE_DETECTORS))(
    '%s fits, scores and comes back from its state',
    async (_name, entry) => {
      const fitted = await entry.create().fit(machine(300, 1, 2), context)
      const frame = machine(120, 2, 2)
      const { score } = await fitted.score(frame)
      expect(score.filter(Number.isFinite).length).toBeGreaterThan(60)
      const state = fitted.state()
      const loaded = simpleLoaders()[state.kind](state)
      expect((await loaded.score(frame)).score).toEqual(score)
    },
  )

  it('loads an ensemble of them', async () => {
    const fitted = await auto({ mode: 'causal', period: 10 }).fit(machine(300, 1, 2), context)
    const frame = machine(120, 2, 2)
    const loaded = simpleLoaders()['detector:ensemble'](fitted.state())
    expect((await loaded.score(frame)).score).toEqual((await fitted.score(frame)).score)
  })
})
