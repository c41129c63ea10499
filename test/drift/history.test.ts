import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { type DriftRecord, driftHistory } from '../../src/drift/index.js'

const DAY = 86_400_000
function records(n: number, distance: (i: number) => number): DriftRecord[] {
  return Array.from({ length: n }, (_, i) => ({
    atMs: i * DAY,
    drifted: distance(i) > 0.2,
    channels: [
      {
        channel: 'flow',
        level: distance(i) > 0.2 ? 'moderate' : 'none',
        missingLevel: 'none',
        distance: distance(i),
      },
    ],
  }))
}

describe('driftHistory', () => {
  it('gives the slope of a distance that rises, per day', () => {
    const random = createRandom(1)
    const [flow] = driftHistory(records(40, i => 0.01 * i + 0.01 * random.normal()))
    expect(flow).toMatchObject({ channel: 'flow', checks: 40, level: 'moderate', trend: 'rising' })
    expect(flow!.slope).toBeCloseTo(0.01, 2)
    expect(flow!.drifted).toBeGreaterThan(15)
  })

  it('finds a trend in at most 3 % of histories without one', () => {
    let found = 0
    for (let s = 0; s < 300; s++) {
      const random = createRandom(s)
      const [flow] = driftHistory(records(30, () => Math.abs(0.05 * random.normal())))
      if (flow!.trend !== 'none') found++
    }
    expect(found / 300).toBeLessThanOrEqual(0.03)
  })

  it('knows no trend of few checks, and keeps channels that came later or were empty', () => {
    const few = records(3, () => 0.1)
    const [a, b] = driftHistory([
      ...few,
      {
        ...few[0]!,
        channels: [
          { channel: 'heat', level: 'unknown', missingLevel: 'large', distance: null },
          ...few[0]!.channels,
        ],
      },
    ])
    expect(a).toMatchObject({
      channel: 'heat',
      checks: 1,
      drifted: 1,
      distance: null,
      trend: 'unknown',
      slope: null,
    })
    expect(b).toMatchObject({ channel: 'flow', checks: 4, trend: 'unknown' })
  })
})
