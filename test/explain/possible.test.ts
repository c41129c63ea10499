import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { channelBands, explainEvents, explainSample } from '../../src/explain/index.js'
import { bandOf, possibleReadings } from '../../src/explain/possible.js'
import { detect, trainModel } from '../../src/pipeline/index.js'

const channels = ['dir.sin', 'dir.cos', 'mode=idle', 'total.rate', 'temp', 'valve']
const kinds = ['sin', 'cos', 'state', 'rate']
const derived = kinds.map((kind, c) => ({ channel: channels[c], from: 'x', kind }))
const facts = (min: number, max: number) =>
  ({ channels: channels.map(() => ({ min, max })) }) as unknown as NonNullable<
    Parameters<typeof possibleReadings>[0]['schema']
  >
const info = (min: number, max: number) => ({
  channels,
  options: { derived },
  switches: ['mode=idle', 'valve'],
  schema: facts(min, max),
})
const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

describe('what a channel can read', () => {
  it('follows from what it was computed from', () => {
    const all = channels.map((_, c) => possibleReadings(info(0, 40), c))
    expect(all).toEqual([
      { least: -1, most: 1 },
      { least: -1, most: 1 },
      { least: 0, most: 1 },
      { least: 0, most },
      { least, most },
      { least: 0, most: 40 },
    ])
  })

  it('does not limit a counter that ran back, nor a model without a history of its readings', () => {
    expect(possibleReadings(info(-3, 40), 3)).toEqual({ least, most })
    expect(possibleReadings({ ...info(0, 1), options: {}, schema: undefined }, 0)).toEqual({ least, most })
  })
})

it('a band reaches no further than that, also where what is expected does', () => {
  expect(bandOf(1.25, 0.125, { least: 0, most: 1 })).toMatchObject({ expected: 1, low: 1, high: 1 })
  expect(bandOf(0.25, 0.5, { least: 0, most: 1 })).toMatchObject({ expected: 0.25, low: 0, high: 0.75 })
})

it('a band says nothing where it holds all that a channel can read', () => {
  const [state, rate] = [
    { least: 0, most: 1 },
    { least: 0, most },
  ]
  expect(bandOf(0.25, 0.75, state)).toEqual({ expected: 0.25, low: 0, high: 1, anyReading: true })
  expect(bandOf(0.25, 0.5, state).anyReading).toBe(false)
  expect(bandOf(1, 100, rate).anyReading).toBe(false)
  expect(bandOf(1, 100).anyReading).toBe(false)
  expect(bandOf(Number.NaN, 100, state).anyReading).toBe(false)
})

/** An angle that turns with a load that moves a temperature. */
function series(rows: number, seed: number): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(rows * 3)
  for (let i = 0; i < rows; i++) {
    const angle = i / 40 + 0.1 * random.normal()
    values.set([Math.sin(angle), Math.cos(angle), 20 + 3 * Math.sin(angle) + random.normal()], 3 * i)
  }
  return {
    timeMs: Float64Array.from({ length: rows }, (_, i) => i),
    timeKind: 'index',
    values,
    channels: ['dir.sin', 'dir.cos', 'temp'],
  }
}

it('explanations, samples and bands of pages have no impossible bands', async () => {
  const trained = await trainModel(series(3000, 1), { detector: 'auto' })
  const model = { ...trained, info: { ...trained.info, options: { ...trained.info.options, derived } } }
  const frame = series(1500, 2)
  for (let i = 700; i < 760; i++) frame.values[3 * i] = -0.2
  const scored = await detect(model, frame, { validationLevel: 'permissive' })
  expect(scored.events.length).toBeGreaterThan(0)
  const explained = await explainEvents(model, scored, scored.events)
  const sample = await explainSample(model, scored, scored.events, 710)
  const all = [...explained.flatMap(one => one.channels), ...sample.channels].filter(({ name }) =>
    name.startsWith('dir'),
  )
  for (const { low, high, expected } of all)
    for (const value of [low, high, expected]) expect(Math.abs(value)).toBeLessThanOrEqual(1)
  expect(all.some(({ low, high }) => low === -1 || high === 1)).toBe(true)
  const { possible } = await channelBands(model, scored, scored.events)
  expect(possible[1]).toEqual({ least: -1, most: 1 })
})
