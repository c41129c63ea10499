import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { checkDrift, fitReference } from '../../src/drift/index.js'
import { driftFigure } from '../../src/report/index.js'

/** Noise in two channels, the second one shifted. */
function noise(seed: number, shift: number) {
  const random = createRandom(seed)
  return {
    timeMs: Float64Array.from({ length: 3000 }, (_, i) => i),
    timeKind: 'index' as const,
    values: Float64Array.from({ length: 6000 }, (_, at) => random.normal() + (at % 2) * shift),
    channels: ['a', '<b>'],
  }
}

describe('the figure of drift', () => {
  it('marks the channels that drifted, and them alone, and escapes their names', async () => {
    const reference = await fitReference(noise(1, 0))
    const marked = (shift: number) => {
      const svg = driftFigure(checkDrift(reference, noise(2, shift)))
      expect(svg).not.toContain('<b>')
      return [svg.split('"bar marked"').length - 1, /(\d) of 2 channels drifted/.exec(svg)?.[1]]
    }
    // A bar for the distance and one for the index.
    expect(marked(3)).toEqual([2, '1'])
    expect(marked(0)).toEqual([0, '0'])
  })
})
