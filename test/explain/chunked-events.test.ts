import { beforeAll, describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { chunkedEvents, explainEvents, highestScores } from '../../src/explain/index.js'
import type { Model } from '../../src/model/index.js'
import { detect, detectStream } from '../../src/pipeline/index.js'
import { injectFaults } from '../../src/simulate/index.js'
import { plantModel } from './plant.js'

const session = { alignment: 'two-sided' } as const

describe('events of a series in chunks', () => {
  let model: Model
  let frame: Frame

  beforeAll(async () => {
    const { model: trained, plant } = await plantModel('pca-q')
    model = trained
    const faults = ['flow', 'power', 'motor_temperature'].map((channel, k) => ({
      id: `f${k}`,
      kind: 'level-shift' as const,
      start: 400 + 700 * k,
      end: 460 + 700 * k,
      channels: [channel],
      magnitude: 6 + k,
    }))
    frame = injectFaults(plant.test, faults, createRandom(3), plant.train)
  })

  async function explained(rows: number, most: number): Promise<AnomalyEvent[]> {
    const highest = highestScores(most)
    const explainer = chunkedEvents(model, ({ score }) => highest.add(score), { session })
    function* chunks() {
      for (let at = 0; at < sampleCount(frame); at += rows)
        yield sliceFrame(frame, at, Math.min(at + rows, sampleCount(frame)))
    }
    const all: AnomalyEvent[] = []
    for await (const { scored, events, settled } of detectStream(model, chunks(), session)) {
      const closed = events.filter(({ type }) => type === 'closed').map(({ event }) => event)
      all.push(...(await explainer.push(scored, closed, settled)))
    }
    return [...all, ...(await explainer.finish())]
  }

  it('are those of the whole series, in order, with the same channel and kind', async () => {
    const whole = await detect(model, frame, session)
    const wanted = await explainEvents(model, whole, whole.events, whole.events, {
      session,
      normal: 'history',
    })
    for (const rows of [150, 1000]) {
      const found = await explained(rows, 100)
      expect(found.map(({ id }) => id)).toEqual(whole.events.map(({ id }) => id))
      expect(found.map(({ explanation }) => explanation?.kind)).toEqual(wanted.map(({ kind }) => kind))
      const first = wanted.map(({ channels }) => channels[0].name)
      expect(found.map(({ channels }) => channels[0].name)).toEqual(first)
      const named = (sentence: string | undefined) => sentence?.split(' ')[0]
      expect(found.map(({ explanation }) => named(explanation?.sentence))).toEqual(
        wanted.map(({ sentence }) => named(sentence)),
      )
    }
    expect(whole.events.length).toBeGreaterThanOrEqual(3)
  }, 60_000)

  it('are explained while their score is among the highest so far', async () => {
    const found = await explained(500, 1)
    const highest = found.reduce((a, b) => (b.score > a.score ? b : a))
    expect(highest.explanation).toBeDefined()
    let most = 0
    for (const { score, explanation } of found) {
      expect(explanation !== undefined).toBe(score > most)
      most = Math.max(most, score)
    }
  }, 60_000)
})
