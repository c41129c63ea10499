import { describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../../src/core/contracts.js'
import type { Frame } from '../../../src/core/frame.js'
import { trainModel, trainOptions } from '../../../src/pipeline/index.js'
import { exclusionNotes, parseExclusions, rangesFor } from '../../../src/pipeline/train/exclude.js'

const N = 600
/** A clean wave, with 30 samples of nonsense from 100 on when asked for. */
function history(nonsense: boolean): Frame {
  const values = Float64Array.from({ length: N }, (_, i) =>
    nonsense && i >= 100 && i < 130 ? 50 * ((i * 7919) % 11) : Math.sin(0.3 * i),
  )
  const timeMs = Float64Array.from({ length: N }, (_, i) => Date.UTC(2024, 0, 1) + 60_000 * i)
  return { timeMs, timeKind: 'utc', values, channels: ['level'] }
}
const quick = (more: Record<string, unknown> = {}) =>
  trainOptions.parse({ window: 10, epochs: 5, units: 6, latent: 3, workers: 1, ...more })

describe('ranges to leave out', () => {
  const frame = history(false)
  it.each([
    ['10:20', [[10, 20]]],
    [
      ':20, 590:',
      [
        [0, 20],
        [590, 600],
      ],
    ],
    ['2024-01-01T00:05..2024-01-01T00:07:30Z', [[5, 8]]],
    ['..2024-01-01 00:02', [[0, 2]]],
    ['2024-01-01T11:00+01:00..', [[600 - 600 + 600, 600]]],
  ] as [string, number[][]][])('%s are found in the history', (text, wanted) => {
    const get = () => parseExclusions(text, frame).map(({ start, end }) => [start, end])
    if (wanted.some(([start, end]) => end <= start)) expect(get).toThrow(/holds no sample/)
    else expect(get()).toEqual(wanted)
  })

  it('that name a device hold for it alone, and * is any text', () => {
    const of = (text: string, device?: string) =>
      parseExclusions(text, frame, device === undefined ? {} : { device }).map(({ start, end }) => [
        start,
        end,
      ])
    expect(of('pump-1=10:20,5:6,fan*=30:40', 'pump-1')).toEqual([
      [10, 20],
      [5, 6],
    ])
    expect(of('pump-1=10:20', 'pump-2')).toEqual([])
    expect(of('a=b=2024-01-01T00:05..2024-01-01T00:07', 'a=b')).toEqual([[5, 7]])
    expect(of(rangesFor(['10:20', '30:40'], 'hall 3, pump 1'), 'hall 3, pump 1')).toEqual([
      [10, 20],
      [30, 40],
    ])
    expect(() => of('pump-1=10:20')).toThrow(/--group-by/)
  })

  it('of a fleet are said: those for all devices, and names that are none', () => {
    expect(exclusionNotes('1:2,a=3:4,c=5:6', ['a', 'b'])).toEqual([
      '--exclude 1:2 holds for all 2 devices; DEVICE=1:2 is for one of them',
      '--exclude names c, which is none of the devices',
    ])
    expect(exclusionNotes('a*=3:4', ['a', 'b'])).toEqual([])
  })

  it.each(['20:10', 'x', '5', '2024-13-01..2024-14-01', '1:2,,'])('%s are refused', text => {
    expect(() => parseExclusions(text, frame)).toThrow(/--exclude/)
  })

  it('in times are refused for a history without times', () => {
    expect(() => parseExclusions('2024-01-01..', { ...frame, timeKind: 'index' })).toThrow(/no times/)
  })
})

describe('training', () => {
  it('sees nothing of what is left out: the model is the same whatever lies there', async () => {
    const options = quick({ exclude: '95:135' })
    const [clean, dirty] = [
      await trainModel(history(false), options),
      await trainModel(history(true), options),
    ]
    expect(dirty.detector.state().arrays).toEqual(clean.detector.state().arrays)
    expect(dirty.scaler.state()).toEqual(clean.scaler.state())
    for (const alignment of ALIGNMENTS)
      expect(dirty.calibrations[alignment]?.threshold.level).toBe(
        clean.calibrations[alignment]?.threshold.level,
      )
  })

  it('of a contaminated history, trimmed, reproduces normal windows better', async () => {
    const { values } = history(false)
    const loss = async (more: Record<string, unknown>) => {
      const model = await trainModel(
        history(true),
        quick({ scaler: 'robust', epochs: 20, patience: 0, ...more }),
      )
      const { residual } = model.detector
        .online()
        .push(model.scaler.transform({ ...history(false), values: values.slice() }))
      const [usual] = model.detector.state().arrays['usualError.causal'].data
      return residual.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0) * usual
    }
    expect(await loss({ trim: 0.12 })).toBeLessThan(0.7 * (await loss({})))
  })

  it('is refused when a whole part is left out, naming the part', async () => {
    await expect(trainModel(history(false), quick({ exclude: '480:' }))).rejects.toThrow(/calibration part/)
  })
})
