import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { createRandom } from '../../src/core/random.js'
import { explainEvents, similarEvent, similarityOf } from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { channelRange } from '../../src/simulate/index.js'
import { plantModel } from './plant.js'

const eventAt = (start: number): AnomalyEvent => ({
  id: `e${start}`,
  start,
  end: start + 5,
  onset: start,
  peak: start,
  times: { startMs: start, lastMs: start + 4, onsetMs: start, peakMs: start },
  score: 2,
  severity: 1,
  channels: [],
})

describe('the similarity of two events', () => {
  it('is symmetric, the same for another order of channels, and 1 for the same alone', () => {
    const random = createRandom(3)
    for (let k = 0; k < 20; k++) {
      const [a, b] = [0, 1].map(() => Array.from({ length: 5 }, () => random.normal()))
      expect(similarityOf(a, b)).toBeCloseTo(similarityOf(b, a), 12)
      expect(similarityOf(a, a)).toBeCloseTo(1, 12)
      expect(similarityOf(a.toReversed(), b.toReversed())).toBeCloseTo(similarityOf(a, b), 12)
      expect(similarityOf(a, b)).toBeLessThan(1)
      expect(
        similarityOf(
          a,
          a.map(value => 1.1 * value),
        ),
      ).toBeLessThan(0.995)
    }
    expect(similarityOf([0, 0], [1, 2])).toBe(0)
  })

  it('of one channel is the smaller, the more they differ in size', () => {
    const sizes = [2, 1.9, 1.5, 1]
    const found = sizes.map(size => similarityOf([2, 0], [size, 0]))
    expect(found).toEqual([...found].sort((a, b) => b - a))
    expect(new Set(found).size).toBe(sizes.length)
  })
})

describe('the most similar earlier event', () => {
  const signatures: Record<string, readonly number[]> = {
    e0: [2, 0, 0],
    e10: [-2, 0, 0],
    e20: [0, 3, 0],
    e30: [1.9, 0.25, 0],
    e40: [2, 0.3, 0],
  }
  const all = [0, 10, 20, 30, 40].map(eventAt)
  const signatureOf = async ({ id }: AnomalyEvent) => Float64Array.from(signatures[id])

  it('has the same channels in the same direction, and lies before the event', async () => {
    expect((await similarEvent(all[4], all, signatureOf))?.event.id).toBe('e30')
    expect((await similarEvent(all[3], all, signatureOf))?.event.id).toBe('e0')
  })

  it('does not exist for the first event, one of other channels or of the other direction', async () => {
    for (const k of [0, 1, 2]) expect(await similarEvent(all[k], all, signatureOf)).toBeNull()
  })

  it('is the one with the same fault, in a scored table', async () => {
    const { model, plant } = await plantModel('pca-q')
    const channels = ['power', 'flow', 'power', 'flow']
    const faults = channels.map((channel, k) => ({ channel, start: 300 + 500 * k, end: 380 + 500 * k }))
    const faulty = { ...plant.test, values: plant.test.values.slice() }
    for (const { channel, start, end } of faults) {
      const { spread } = channelRange(plant.train, channel)
      const c = faulty.channels.indexOf(channel)
      for (let i = start; i < end; i++) faulty.values[i * faulty.channels.length + c] += 8 * spread
    }
    const scored = await detect(model, faulty)
    const found = await explainEvents(model, scored, scored.events)
    const first = (k: number) =>
      found.find(({ event }) => event.start < faults[k].end && event.end > faults[k].start)
    expect(first(2)?.similar?.event.id).toBe(first(0)?.event.id)
    expect(first(3)?.similar?.event.id).toBe(first(1)?.event.id)
    expect(first(0)?.similar).toBeNull()
    const { nearestNormal } = first(2) as (typeof found)[number]
    expect(nearestNormal?.distance).toBeLessThan(2)
    expect(nearestNormal?.range.end).toBeLessThanOrEqual(faulty.timeMs.length)
  }, 60_000)
})
