import { describe, expect, it } from 'vitest'
import { createRandom, restoreRandom } from '../../src/core/random.js'

describe('createRandom', () => {
  const draw = (seed: number, n: number) => {
    const random = createRandom(seed)
    return Float64Array.from({ length: n }, random.uniform)
  }

  it('repeats itself for a seed and differs for another', () => {
    expect(draw(3, 50)).toEqual(draw(3, 50))
    expect(draw(3, 50)).not.toEqual(draw(4, 50))
  })

  it('keeps its stream over versions: models trained with a seed stay reproducible', () => {
    const random = createRandom(1)
    expect([random.uniform(), random.uniform()].map(value => value.toFixed(9))).toMatchInlineSnapshot(`
      [
        "0.626053719",
        "0.873498319",
      ]
    `)
  })

  it('is uniform: mean 1/2, variance 1/12, every tenth of the range equally often', () => {
    const values = draw(1, 100_000)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.004)
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.001)
    const counts = new Array<number>(10).fill(0)
    for (const value of values) counts[Math.floor(10 * value)]++
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquare).toBeLessThan(27.88) // 0.999 quantile of chi-square with 9 degrees of freedom
  })

  it('has normals of mean 0, variance 1 and kurtosis 3', () => {
    const random = createRandom(2)
    const values = Float64Array.from({ length: 100_000 }, random.normal)
    const moment = (k: number) => values.reduce((sum, value) => sum + value ** k, 0) / values.length
    expect(Math.abs(moment(1))).toBeLessThan(0.015)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15)
  })

  it('gives integers below n, all of them', () => {
    const random = createRandom(5)
    expect(new Set(Array.from({ length: 500 }, () => random.integer(7)))).toEqual(
      new Set([0, 1, 2, 3, 4, 5, 6]),
    )
  })

  it('forks by name: streams differ, and a fork does not depend on what was drawn before', () => {
    const random = createRandom(9)
    const before = random.fork('a').uniform()
    random.uniform()
    expect(random.fork('a').uniform()).toBe(before)
    expect(random.fork('b').uniform()).not.toBe(before)
  })

  it('goes on from its state, also between the two normals of a pair, and forks as before', () => {
    for (const drawn of [0, 1, 2, 7]) {
      const random = createRandom(11)
      for (let i = 0; i < drawn; i++) random.normal()
      const state = random.state()
      const wanted = [random.normal(), random.uniform(), random.integer(9), random.fork('a').uniform()]
      const back = restoreRandom({ ...state, options: JSON.parse(JSON.stringify(state.options)) })
      expect([back.normal(), back.uniform(), back.integer(9), back.fork('a').uniform()]).toEqual(wanted)
    }
  })

  it('refuses what is no state of a stream', () => {
    const state = createRandom(1).state()
    for (const other of [
      { ...state, kind: 'online:local' },
      { ...state, version: 2 },
      { ...state, arrays: {} },
    ])
      expect(() => restoreRandom(other)).toThrow(expect.objectContaining({ code: 'state-unfit' }))
  })
})
