import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { explainEvents, findReference, learnExpectation } from '../../src/explain/index.js'
import type { Model } from '../../src/model/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { type FaultName, injectFaults } from '../../src/simulate/index.js'

const N = 3000
const START = 2000

/** A slow rhythm of a day with noise, readings 30 to 70. */
function series(seed: number): Frame {
  const random = createRandom(seed)
  const values = Float64Array.from(
    { length: N },
    (_, i) => 50 + 18 * Math.sin((2 * Math.PI * i) / 720) + 0.4 * random.normal(),
  )
  const timeMs = Float64Array.from({ length: N }, (_, i) => 60_000 * i)
  return { timeMs, timeKind: 'utc', values, channels: ['level'] }
}

let trained: Promise<Model> | undefined
const modelOf = () => (trained ??= trainModel(series(1), { detector: 'auto' }))

async function explained(kind: FaultName, length: number, magnitude: number) {
  const model = await modelOf()
  const fault = { id: 'f', kind, start: START, end: START + length, channels: ['level'], magnitude }
  const test = injectFaults(series(2), [fault], createRandom(3))
  const scored = await detect(model, test)
  const [longest] = scored.events
    .filter(({ start, end }) => start < fault.end && end > START)
    .sort((a, b) => b.end - b.start - (a.end - a.start))
  const [found] = await explainEvents(model, scored, scored.events, [longest])
  return found
}

describe('events of a single channel', () => {
  it.each([
    // The history reads 30 to 70, and 50 at the start of the fault: the shift stays in its range.
    ['level-shift', 'level-shift', 90, 0.7],
    ['level-shift', 'level-shift', 700, 3],
    ['drift', 'drift', 300, 4],
    ['spike', 'spike', 2, 3],
    ['frozen', 'frozen', 90, 0],
    ['dropout', 'dropout', 30, 1],
    ['noise-burst', 'noise-change', 90, 0.5],
  ] as const)(
    '%s has the kind %s, over %i samples',
    async (fault, kind, length, magnitude) => {
      expect(await explained(fault, length, magnitude)).toMatchObject({ kind })
    },
    60_000,
  )

  it('readings have a band that the history holds', async () => {
    const { channels, courses } = await explained('level-shift', 700, 3)
    const [{ history, low, high }] = channels
    if (history === undefined) throw new Error('the model keeps its range')
    const margin = 0.03 * (history.max - history.min)
    expect(low).toBeGreaterThan(history.min - margin)
    expect(high).toBeLessThan(history.max + margin)
    expect(courses[0].outside?.start).toBeGreaterThanOrEqual(START - 1)
  }, 60_000)
})

describe('what a single channel should read', () => {
  const scoredSeries = async () => {
    const model = await modelOf()
    return { model, scored: await detect(model, series(4)) }
  }
  const event = (start: number, end: number) => ({ onset: start, start, end }) as AnomalyEvent

  it('is where it was before the event, and its band widens with time up to the range of the history', async () => {
    const { model, scored } = await scoredSeries()
    const all = [event(1000, 1600)]
    const expectation = learnExpectation(model, scored, findReference(model, scored, all), all)
    const [short, long] = await Promise.all(
      [1010, 1600].map(end => expectation.of(0, [], { start: 990, end })),
    )
    const before = Array.from(scored.frame.values.subarray(984, 1000))
    const middle = before.reduce((sum, value) => sum + value, 0) / 16
    expect(Math.abs(short.values[0] - middle)).toBeLessThan(1)
    expect(short.usualError).toBeLessThan(long.usualError / 2)
    const { min, max } = findReference(model, scored, all).channels[0]
    expect(8 * long.usualError).toBeLessThanOrEqual(1.05 * (max - min))
  }, 60_000)

  it('is not taken from another event just before', async () => {
    const { model, scored } = await scoredSeries()
    const values = scored.frame.values.slice()
    const [start, level] = [1000, values[1000]]
    values.fill(level < 50 ? 65 : 35, start - 20, start - 2)
    const changed = { ...scored, frame: { ...scored.frame, values } }
    const all = [event(start - 20, start - 2), event(start, start + 10)]
    const reference = findReference(model, scored, all)
    const of = (events: AnomalyEvent[]) =>
      learnExpectation(model, changed, reference, events).of(0, [], { start, end: start + 10 })
    const [known, unknown] = [await of(all), await of(all.slice(1))]
    expect(Math.abs(known.values[0] - level)).toBeLessThan(6)
    expect(Math.abs(unknown.values[0] - level)).toBeGreaterThan(6)
  }, 60_000)
})
