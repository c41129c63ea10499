import { describe, expect, it } from 'vitest'
import { modelEntry } from '../../src/cli/device-pattern.js'
import { matches } from '../../src/core/device-pattern.js'
import { createRandom } from '../../src/core/random.js'

describe('a pattern of device names', () => {
  it('matches what a regular expression does', () => {
    const random = createRandom(5)
    const text = (letters: string, most: number) =>
      Array.from({ length: random.integer(most) }, () => letters[random.integer(letters.length)]).join('')
    let hits = 0
    for (let k = 0; k < 20_000; k++) {
      const [pattern, name] = [text('ab*', 6), text('ab', 7)]
      const wanted = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name)
      expect(matches(pattern, name), `${pattern} ${name}`).toBe(wanted)
      if (wanted) hits++
    }
    expect(hits).toBeGreaterThan(2000)
  })

  it('takes characters as they are, and long ones in no time', () => {
    expect(matches('line.1/*', 'line.1/pump')).toBe(true)
    expect(matches('line.1/*', 'lineX1/pump')).toBe(false)
    const started = performance.now()
    expect(matches('*a'.repeat(500), 'a'.repeat(100_000).concat('b'))).toBe(false)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('comes before a model; a path with = is written after *=', () => {
    expect(modelEntry('*=runs/lr=0.1/model')).toEqual({
      text: '*=runs/lr=0.1/model',
      pattern: '*',
      model: 'runs/lr=0.1/model',
    })
    expect(modelEntry('=x')).toEqual({ text: '=x', model: '=x' })
  })
})
