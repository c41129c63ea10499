import { describe, expect, it } from 'vitest'
import { type Rescorer, repairEvent } from '../../src/explain/index.js'

/** A score of 0.4 and what each channel of `parts` adds until it is repaired. */
function rescorerOf(parts: readonly number[]): Rescorer {
  let evaluations = 0
  return {
    range: { start: 0, end: 1 },
    replaced: { start: 0, end: 1 },
    evaluations: () => evaluations,
    before: async () => parts.reduce((sum, part) => sum + part, 0.4),
    async score(replaced) {
      evaluations++
      return parts.reduce((sum, part, c) => sum + (replaced.has(c) ? 0 : part), 0.4)
    },
  }
}
const expectation = { of: async () => ({ values: Float64Array.of(0), usualError: 1 }) }
const repair = (parts: readonly number[], options = {}, order = [0, 1, 2, 3]) =>
  repairEvent(rescorerOf(parts), expectation, async () => order, options)

describe('the repair of an event', () => {
  it('is the one channel that clears it', async () => {
    expect(await repair([0.1, 3, 0.1, 0])).toMatchObject({ channels: [1], clears: true, evaluations: 3 })
    expect(await repair([0.1, 3, 0.1, 0], {}, [1, 0, 2, 3])).toMatchObject({ channels: [1], evaluations: 1 })
  })

  it('is the smallest set, the channel that lowers the score most first', async () => {
    const found = await repair([1, 0, 3, 0.1])
    expect(found).toMatchObject({ channels: [2, 0], clears: true })
    expect(found.after).toBeCloseTo(0.5, 12)
  })

  it('asks for a pair of the first suspects after 3 evaluations, and for what nothing clears after 5', async () => {
    expect(await repair([1, 3, 0.1, 0])).toMatchObject({ channels: [1, 0], clears: true, evaluations: 3 })
    const parts = [1, 2, 0.1, 0.1, 3]
    expect(await repair(parts)).toMatchObject({ channels: [1, 0], clears: false, evaluations: 5 })
  })

  it('is the channel with nearly all of the score where no set clears the event', async () => {
    const parts = [1, 2, 0.1, 0.1, 3]
    expect(await repair(parts, { dominant: [4] })).toMatchObject({
      channels: [4],
      clears: false,
      evaluations: 6,
    })
    expect(await repair(parts, { dominant: [0] })).toMatchObject({ channels: [1, 0], clears: false })
    expect(await repair([1, 2, 0.1, 0, 3], { dominant: [3] })).toMatchObject({ channels: [], clears: false })
    expect(await repair([1, 3, 0.1, 0], { dominant: [2] })).toMatchObject({ channels: [1, 0], clears: true })
  })

  it('is all dominant channels, together where one alone does not lower the score', async () => {
    expect(await repair([0, 0.1, 3, 3], { dominant: [2, 3] }, [2, 3, 0, 1])).toMatchObject({
      channels: [2, 3],
      clears: true,
      evaluations: 3,
    })
    const frozen = rescorerOf([])
    const score: Rescorer['score'] = async replaced => ([1, 2, 3].every(c => replaced.has(c)) ? 2 : 4)
    const rescorer = { ...frozen, before: async () => 4, score }
    const found = await repairEvent(rescorer, expectation, async () => [1, 2, 3, 0], { dominant: [1, 2, 3] })
    expect(found).toMatchObject({ channels: [1, 2, 3], after: 2, clears: false })
  })

  it('is the channels that are wrong anyway where they clear the event, or lower the score the most', async () => {
    const wrong = [2, 3]
    expect(await repair([0, 0.1, 3, 3], { wrong })).toMatchObject({
      channels: wrong,
      clears: true,
      evaluations: 1,
    })
    expect(await repair([4, 0.1, 3, 3], { wrong: [3], budget: 20 })).toMatchObject({
      channels: [0, 2, 3],
      clears: true,
    })
    expect(await repair([1, 1, 3, 3, 1, 1], { wrong })).toMatchObject({ channels: wrong, clears: false })
    expect(await repair([3, 0, 0.1, 0.1], { wrong })).toMatchObject({ channels: [0], clears: true })
    expect(await repair([3, 3, 0.1, 0.1, 3], { wrong })).toMatchObject({ channels: [0, 1], clears: false })
  })

  it('keeps to its budget, and says when the event is not cleared', async () => {
    const found = await repair([2, 2, 2, 2], { budget: 6 })
    expect(found.evaluations).toBeLessThanOrEqual(6)
    expect(found.clears).toBe(false)
    expect(found.after).toBeLessThan(found.before)
  })

  it('is empty where no channel lowers the score', async () => {
    expect(await repair([0, 0, 0, 0].map(() => 0.001).concat(5))).toMatchObject({
      channels: [],
      clears: false,
    })
  })
})
