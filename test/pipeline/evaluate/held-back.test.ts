import { beforeAll, describe, expect, it } from 'vitest'
import { type Frame, sliceFrame } from '../../../src/core/frame.js'
import type { Model } from '../../../src/model/index.js'
import { heldBackRows } from '../../../src/pipeline/evaluate/held-back.js'
import { trainModel, trainOptions } from '../../../src/pipeline/index.js'
import { generatePlant } from '../../../src/simulate/index.js'

const untimed = (frame: Frame): Frame => ({
  ...frame,
  timeKind: 'index',
  timeMs: frame.timeMs.map((_, i) => i),
})

describe('heldBackRows', () => {
  const { train, test } = generatePlant({ rows: 600, channels: 2, faults: 0 })
  let model: Model
  let calibration: number
  beforeAll(async () => {
    model = await trainModel(train, trainOptions.parse({ detector: 'z-score', window: 10 }))
    calibration = model.info.training.parts.calibration.start
  })

  it('takes the calibration part of the history itself', () => {
    const held = heldBackRows(model, train)
    expect(held).toEqual({ intervals: [{ start: calibration, end: 600 }], known: 'history' })
    expect(calibration).toBeGreaterThan(400)
  })

  it('takes what lies outside the times of the history from another table', () => {
    expect(heldBackRows(model, test)).toEqual({ intervals: [{ start: 0, end: 600 }], known: 'times' })
    const { timeMs } = train
    const shifted = { ...train, timeMs: timeMs.map(time => time + 500 * (timeMs[1] - timeMs[0])) }
    expect(heldBackRows(model, shifted)).toEqual({ intervals: [{ start: 100, end: 600 }], known: 'times' })
  })

  it('finds nothing in a part of the history', () => {
    expect(heldBackRows(model, sliceFrame(train, 10, 300)).intervals).toEqual([])
  })

  it('cannot tell without times', async () => {
    expect(heldBackRows(model, untimed(test))).toEqual({
      intervals: [{ start: 0, end: 600 }],
      known: 'unknown',
    })
    const indexed = await trainModel(untimed(train), trainOptions.parse({ detector: 'z-score', window: 10 }))
    expect(heldBackRows(indexed, untimed(train)).known).toBe('history')
  })
})
