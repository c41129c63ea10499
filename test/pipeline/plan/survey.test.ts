import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/frame.js'
import { sampleCount, sliceFrame } from '../../../src/core/frame.js'
import { createRandom } from '../../../src/core/random.js'
import { createSurveyor, type Survey } from '../../../src/pipeline/plan/survey.js'
import { prepareHistory } from '../../../src/validate/index.js'

/** A sample every second, with missing readings and gaps of time here and there. */
function holed(seed: number, n = 400): Frame {
  const random = createRandom(seed)
  let time = 0
  return {
    timeMs: Float64Array.from({ length: n }, () => (time += random.uniform() < 0.02 ? 20_000 : 1000)),
    timeKind: 'utc',
    values: Float64Array.from({ length: 2 * n }, () =>
      random.uniform() < 0.02 ? Number.NaN : random.normal(),
    ),
    channels: ['a', 'b'],
  }
}

function surveyIn(frame: Frame, size: number): Survey {
  const surveyor = createSurveyor(frame.channels, 5)
  for (let start = 0; start < sampleCount(frame); start += size)
    surveyor.add(sliceFrame(frame, start, Math.min(start + size, sampleCount(frame))))
  return surveyor.take()
}

describe('createSurveyor', () => {
  it('finds the stretches that the whole table has, whatever the parts', () => {
    for (const seed of [1, 2, 3]) {
      const frame = holed(seed)
      const { segments } = prepareHistory(
        frame,
        { missing: 'drop', missingByChannel: [], maxGap: 5 },
        { cadenceMs: 1000 },
      )
      expect(segments.length).toBeGreaterThan(5)
      for (const size of [1000, 200, 64, 63])
        expect(surveyIn(frame, size), `seed ${seed}, parts of ${size}`).toEqual({
          samples: 400,
          channels: ['a', 'b'],
          segments,
        })
    }
  })

  it('knows of no gap in time without times', () => {
    const frame: Frame = {
      timeMs: Float64Array.of(0, 1, 2, 3),
      timeKind: 'index',
      values: Float64Array.of(1, 2, Number.NaN, 4),
      channels: ['a'],
    }
    expect(surveyIn(frame, 2).segments).toEqual([
      { start: 0, end: 2 },
      { start: 3, end: 4 },
    ])
  })
})
