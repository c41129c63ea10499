import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/frame.js'
import { evaluate } from '../../../src/evaluate/index.js'
import { detect, trainModel } from '../../../src/pipeline/index.js'
import { generatePlant } from '../../../src/simulate/index.js'

const ROWS = 4000
const [FROM, TO] = [220, 260]

/** The frame with one more channel. */
function withChannel(frame: Frame, readingAt: (i: number) => number): Frame {
  const width = frame.channels.length
  const values = Float64Array.from({ length: frame.timeMs.length * (width + 1) }, (_, at) => {
    const [i, c] = [Math.floor(at / (width + 1)), at % (width + 1)]
    return c === width ? readingAt(i) : frame.values[i * width + c]
  })
  return { ...frame, values, channels: [...frame.channels, 'still'] }
}

const vusPr = (scores: Float32Array, labels: Uint8Array) =>
  evaluate({ scores, labels, metrics: ['vus-pr'] }).metrics['vus-pr'] ?? 0

describe('a channel that is constant in the history', () => {
  const without = <A extends Float32Array | Uint8Array>(values: A) =>
    values.filter((_, i) => i < FROM || i >= TO)

  it.each([1, 2, 3])(
    'and moves by any amount is one event, and costs other faults at most .02 VUS-PR, plant %i',
    async seed => {
      const { train, test, labels, events: faults } = generatePlant({ seed, rows: ROWS, faults: 6 })
      expect(faults.every(({ start, end }) => end < FROM - 20 || start > TO + 20)).toBe(true)
      const model = await trainModel(withChannel(train, () => 100))
      const found: Float32Array[] = []
      const spans: number[][][] = []
      for (const move of [0, 1e-6, 1, 1e6]) {
        const frame = withChannel(test, i => (i >= FROM && i < TO ? 100 + move : 100))
        const { score, events } = await detect(model, frame, { alignment: 'two-sided' })
        found.push(score)
        const own = events.filter(({ channels }) => channels[0].name === 'still')
        spans.push(own.map(({ start, end }) => [start, end]))
      }
      const [none, ...moved] = spans
      expect(none).toEqual([])
      for (const own of moved) expect(own).toEqual(moved[0])
      const [[start, end]] = moved[0]
      expect(Math.abs(start - FROM)).toBeLessThan(4)
      expect(Math.abs(end - TO)).toBeLessThan(4)
      const [still, least, ...others] = found
      expect(vusPr(without(least) as Float32Array, without(labels) as Uint8Array)).toBeGreaterThan(
        vusPr(without(still) as Float32Array, without(labels) as Uint8Array) - 0.02,
      )
      for (const score of others)
        expect(score.every((value, i) => !(Math.abs(value - least[i]) > 1e-4))).toBe(true)
    },
  )

  it('leaves the events of the other channels where they were', async () => {
    const { train, test } = generatePlant({ seed: 2, rows: ROWS, faults: 6 })
    const spans = async (history: Frame, live: Frame) => {
      const { events } = await detect(await trainModel(history), live, { alignment: 'two-sided' })
      return events.map(({ start, end }) => [start, end])
    }
    const alone = await spans(train, test)
    expect(alone.length).toBeGreaterThan(3)
    expect(
      await spans(
        withChannel(train, () => 100),
        withChannel(test, () => 100),
      ),
    ).toEqual(alone)
  })
})
