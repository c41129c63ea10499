import { describe, expect, it } from 'vitest'
import { asScaled, type Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { componentMap, FILL_NOISE, fillByComponents } from '../../src/detect/components.js'
import { pca } from '../../src/detect/index.js'
import { SCALERS } from '../../src/scale/index.js'

const CHANNELS = ['a', 'b', 'c', 'd']
/** Four channels that follow two hidden ones. */
function plant(seed: number, n = 600): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(4 * n)
  for (let i = 0; i < n; i++) {
    const [x, y] = [random.normal(), random.normal()]
    const own = () => 0.1 * random.normal()
    values.set([100 + 5 * x + own(), 2 * x - y + own(), -3 + y + own(), 0.1 * (x + y) + 0.01 * own()], 4 * i)
  }
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => i),
    timeKind: 'index',
    values,
    channels: CHANNELS,
  }
}
const history = plant(1)
const scaler = SCALERS.standard.fit(history)
const scaled = scaler.transform(history)
const components = await pca({ window: 1, share: 0.9, statistic: 'q' }).fit(scaled, {
  seed: 1,
  validation: asScaled(history, scaled.values),
})
const fill = fillByComponents(components, scaler, history)
const filled = (row: readonly number[], unknown: readonly number[]) => {
  const values = Float64Array.from(row)
  fill(
    values,
    0,
    Uint8Array.from(row, (_, c) => (unknown.includes(c) ? 1 : 0)),
  )
  return values
}

describe('fillByComponents', () => {
  it('leaves what is known, and comes near to what was there', () => {
    const live = plant(2, 200)
    for (const unknown of [[0], [1], [2], [0, 2]]) {
      const errors = unknown.map(() => 0)
      for (let i = 0; i < 200; i++) {
        const row = Array.from(live.values.subarray(4 * i, 4 * i + 4))
        const found = filled(row, unknown)
        for (let c = 0; c < 4; c++) if (!unknown.includes(c)) expect(found[c]).toBe(row[c])
        unknown.forEach((c, k) => {
          errors[k] += (found[c] - row[c]) ** 2 / 200
        })
      }
      const spreads = [5, Math.sqrt(5), 1]
      unknown.forEach((c, k) => {
        expect(Math.sqrt(errors[k]) / spreads[c]).toBeLessThan(0.35)
      })
    }
  })

  it('solves the system of components, (I + noise - P) x = P x_known + q, for several at once', () => {
    const map = componentMap(components, history)
    const row = [104, 1.3, -2.4, 0.12]
    const unknown = [0, 3]
    const found = scaler.transform({
      ...history,
      timeMs: Float64Array.of(0),
      values: filled(row, unknown),
    }).values
    for (const c of unknown) {
      let sum = map[c]
      for (let from = 0; from < 4; from++) if (from !== c) sum += map[(from + 1) * 4 + c] * found[from]
      expect((1 + FILL_NOISE - map[(c + 1) * 4 + c]) * found[c]).toBeCloseTo(sum, 2)
    }
  })

  it('is not moved by one wild reading more than by one at the limit', () => {
    expect(filled([1e6, 1.3, -2.4, 0.12], [1])[1]).toBe(filled([1e9, 1.3, -2.4, 0.12], [1])[1])
  })
})
