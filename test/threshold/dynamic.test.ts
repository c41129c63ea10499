import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { dynamicThreshold } from '../../src/threshold/index.js'

const random = createRandom(1)
const calm = Float32Array.from({ length: 2000 }, () => 1 + 0.1 * Math.abs(random.normal()))
const withEvents = calm.map((score, i) => (i >= 500 && i < 520 ? 4 : i >= 1500 && i < 1510 ? 4.2 : score))
const flagged = (scores: Float32Array, level: number) =>
  Array.from(scores.keys()).filter(i => scores[i] > level).length

describe('dynamicThreshold', () => {
  it('separates what stands out from the rest', () => {
    expect(flagged(withEvents, dynamicThreshold().fit(withEvents).level)).toBe(30)
  })

  it('flags nothing when nothing stands out', () => {
    const even = Float32Array.from({ length: 500 }, (_, i) => 1 + 0.1 * Math.sin(i))
    expect(flagged(even, dynamicThreshold().fit(even).level)).toBe(0)
  })

  it('takes back peaks that differ from the next lower one by less than 13 %', () => {
    const scores = new Float32Array(1000).fill(1)
    scores[100] = 5
    scores[400] = 2.2
    scores[700] = 2.1
    scores[800] = 2
    scores[900] = 1.9
    expect(dynamicThreshold().fit(scores).level).toBeGreaterThanOrEqual(1)
    expect(scores[100]).toBeGreaterThan(dynamicThreshold().fit(scores).level)
    const ladder = new Float32Array(1000).fill(1).map((score, i) => (i % 100 === 50 ? 1 + i / 10_000 : score))
    expect(flagged(ladder, dynamicThreshold().fit(ladder).level)).toBe(0)
  })
})
