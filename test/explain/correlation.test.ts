import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { brokenPairs } from '../../src/explain/index.js'

const N = 1000
/** b follows a, but not in [800, 900); c is independent. */
function series() {
  const random = createRandom(1)
  const values = new Float64Array(N * 3)
  for (let i = 0; i < N; i++) {
    const a = random.normal()
    const isBroken = i >= 800 && i < 900
    values.set([a, isBroken ? random.normal() : a + 0.1 * random.normal(), random.normal()], i * 3)
  }
  const frame = {
    timeMs: Float64Array.from({ length: N }, (_, i) => i),
    timeKind: 'index' as const,
    values,
    channels: ['a', 'b', 'c'],
  }
  const usual = frame.channels.map(name => ({
    name,
    median: 0,
    spread: 1,
    roughness: 1,
    min: -4,
    max: 4,
    usualDistance: 1,
    longestRun: 1,
    hasMany: true,
  }))
  const rows = Int32Array.from({ length: 700 }, (_, i) => i)
  const column = (c: number) => Float64Array.from(rows, i => frame.values[i * 3 + c])
  const reference = { frame, rows, channels: usual, column }
  return { scored: { frame, score: new Float32Array(N), residual: new Float32Array(N * 3) }, reference }
}

describe('broken pairs', () => {
  it('are those that moved together and do not over the event', () => {
    const { scored, reference } = series()
    const [pair, ...more] = brokenPairs(scored, reference, { start: 800, end: 900 }, [1])
    expect(more).toEqual([])
    expect(pair).toMatchObject({ first: 1, second: 0 })
    expect(pair.usual).toBeGreaterThan(0.98)
    expect(Math.abs(pair.now)).toBeLessThan(0.3)
  })

  it('are none where the relation holds, or where the event is too short for a correlation', () => {
    const { scored, reference } = series()
    expect(brokenPairs(scored, reference, { start: 720, end: 790 }, [1])).toEqual([])
    expect(brokenPairs(scored, reference, { start: 800, end: 815 }, [1])).toEqual([])
  })
})
