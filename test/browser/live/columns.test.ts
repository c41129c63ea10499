import { describe, expect, it } from 'vitest'
import { appendSample, columnsOf } from '../../../browser/live/columns.js'
import { createRandom } from '../../../src/core/random.js'
import type { LiveSample, Series } from '../../../src/serve/contract/index.js'

const empty: Series = {
  device: 'a:b',
  fromMs: 0,
  toMs: 1000,
  stepMs: 100,
  samples: 0,
  timeMs: [],
  score: [],
  threshold: 1,
  coverage: [],
  channels: [{ name: 'x', unit: null, min: [], max: [], expected: [], low: [], high: [] }],
  events: [],
}
const sample = (timeMs: number, value: number | null, score: number | null = value): LiveSample => ({
  device: 'a:b',
  timeMs,
  score,
  reason: '',
  flag: false,
  severity: null,
  values: [value],
  expected: [0],
  low: [-1],
  high: [1],
})

describe('columns of a live series', () => {
  it('hold for each interval what the naive grouping of its samples gives', () => {
    const random = createRandom(3)
    const samples = Array.from({ length: 300 }, (_, i) =>
      sample(
        i * 13,
        random.uniform() < 0.1 ? null : random.normal(),
        random.uniform() < 0.2 ? null : random.uniform(),
      ),
    )
    const columns = columnsOf({ ...empty, toMs: 1e6 })
    for (const one of samples) appendSample(columns, one)
    const groups = new Map<number, LiveSample[]>()
    for (const one of samples) {
      const start = Math.floor(one.timeMs / 100) * 100
      groups.set(start, [...(groups.get(start) ?? []), one])
    }
    const known = (values: (number | null)[]) => values.filter(value => value !== null)
    const most = (values: (number | null)[]) => (known(values).length ? Math.max(...known(values)) : null)
    expect(columns.timeMs).toEqual([...groups.keys()])
    expect(columns.score).toEqual([...groups.values()].map(group => most(group.map(({ score }) => score))))
    expect(columns.channels[0].max).toEqual(
      [...groups.values()].map(group => most(group.map(({ values }) => values[0]))),
    )
    expect(columns.coverage).toEqual(
      [...groups.values()].map(group => known(group.map(({ score }) => score)).length / group.length),
    )
  })

  it('keep the range and at most a quarter more', () => {
    const columns = columnsOf(empty)
    for (let i = 0; i < 10_000; i++) appendSample(columns, sample(i * 20, i))
    expect(columns.timeMs.length).toBeLessThanOrEqual(14)
    expect(columns.timeMs[0]).toBeLessThanOrEqual(9999 * 20 - 1000)
    expect(
      new Set([columns.score, columns.coverage, columns.channels[0].low].map(({ length }) => length)),
    ).toEqual(new Set([columns.timeMs.length]))
  })

  it('leave out a sample from before the last interval', () => {
    const columns = columnsOf(empty)
    appendSample(columns, sample(500, 1))
    appendSample(columns, sample(320, 9))
    expect(columns.channels[0].max).toEqual([1])
  })
})
