import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { findReference } from '../../src/explain/index.js'
import { movements } from '../../src/explain/movement.js'
import type { Model } from '../../src/model/index.js'

const N = 1000
const EVENT = { start: 800, end: 850 }

/** Three channels of noise, of which the event moves the second one by 6 and the third by 2. */
function made(order = [0, 1, 2], scale = 1, constant = false) {
  const random = createRandom(5)
  const columns = [0, 6, 2].map(step =>
    Float64Array.from({ length: N }, (_, i) => {
      const noise = random.normal()
      const moved = i >= EVENT.start && i < EVENT.end ? step : 0
      return (constant && step === 2 ? 0 : noise) + moved
    }),
  )
  const values = new Float64Array(3 * N)
  for (let i = 0; i < N; i++)
    order.forEach((from, to) => {
      values[3 * i + to] = scale * columns[from][i]
    })
  const frame: Frame = {
    timeMs: Float64Array.from({ length: N }, (_, i) => i),
    timeKind: 'index',
    values,
    channels: order.map(c => `c${c}`),
  }
  const score = new Float32Array(N).fill(0.5).fill(2, EVENT.start, EVENT.end)
  const series = { frame, score, residual: new Float32Array(3 * N) }
  const info = { window: 10, channels: frame.channels, options: {} } as Partial<
    Model['info']
  > as Model['info']
  const event = {
    ...EVENT,
    id: 'e',
    onset: 800,
    peak: 800,
    times: { startMs: 800, lastMs: 849, onsetMs: 800, peakMs: 800 },
    score: 2,
    severity: 1,
    channels: [],
  }
  return movements({ series, event, reference: findReference({ info }, series, [event]) })
}

describe('the movement of a channel', () => {
  it('is the distance from where it was, in usual ranges', () => {
    const [still, far, near] = made()
    // 99.5 % of a normal distribution lie within 2.8 standard deviations.
    expect(still).toBeLessThan(1.5)
    expect(far).toBeGreaterThan(6 / 3.2)
    expect(far).toBeGreaterThan(near)
    expect(near).toBeGreaterThan(still)
  })

  it('is the same in other units, and for another order of the channels', () => {
    const [still, far, near] = made()
    const scaled = made([0, 1, 2], 1000)
    expect(scaled[1]).toBeCloseTo(far, 9)
    const turned = made([2, 0, 1])
    expect([...turned]).toEqual([near, still, far])
  })

  it('is largest of a channel that never moved before, and finite', () => {
    const values = made([0, 1, 2], 1, true)
    expect(Math.max(...values)).toBe(values[2])
    expect(Number.isFinite(values[2])).toBe(true)
  })
})
