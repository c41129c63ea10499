import { describe, expect, it } from 'vitest'
import { findArchitecture } from '../../../src/nn/index.js'
import type { TrainSettings } from '../../../src/pipeline/index.js'
import { resolveTraining } from '../../../src/pipeline/train/resolve.js'
import { machine } from '../machine.js'

const history = machine(100, 1)
const resolve = (options: TrainSettings = {}) => resolveTraining(history, options, undefined)

describe('resolveTraining', () => {
  it('fills in every default: how the model scores when nothing else is asked for', () => {
    const { settings, detector, span, options } = resolve()
    expect(detector).toBe('auto')
    expect(span).toBe(options.window)
    expect(settings).toMatchObject({
      missing: { missing: 'error', missingByChannel: [], maxGap: 5 },
      threshold: { quantile: 0.999 },
      events: { mergeGap: 5, minLength: 1, openCount: 1, channels: {} },
      adapt: { adapt: false, adaptLimit: 0.25, adaptMemory: 10_000 },
    })
  })

  it.each<[TrainSettings, Record<string, unknown>]>([
    [{ thresholdRule: 'mad' }, { threshold: { thresholdRule: 'mad', thresholdFactor: 6 } }],
    [{ thresholdFactor: 3 }, { threshold: { thresholdFactor: 3 } }],
    [{ falseAlarms: '1/day' }, { threshold: { falseAlarms: '1/day' } }],
    [{ adapt: true, adaptMemory: 500 }, { adapt: { adapt: true, adaptLimit: 0.25, adaptMemory: 500 } }],
    [{ minAbsoluteByChannel: ['flow=2'] }, { events: { channels: { flow: { minAbsolute: 2 } } } }],
    [{ missing: 'hold', maxGap: 2 }, { missing: { missing: 'hold', missingByChannel: [], maxGap: 2 } }],
  ])('keeps what %o asks for', (options, settings) => {
    expect(resolve(options).settings).toMatchObject(settings)
    if ('threshold' in settings) expect(resolve(options).settings.threshold).toEqual(settings.threshold)
  })

  it('reads with the window what a forecaster forecasts', () => {
    const forecaster = { ...findArchitecture('gru-forecaster'), horizon: 4 }
    const { detector, span, architecture } = resolveTraining(history, { window: 9, units: 4 }, forecaster)
    expect([detector, span, architecture]).toEqual(['autoencoder', 13, forecaster])
    expect(resolve({ detector: 'z-score', window: 9 })).toMatchObject({ span: 9, architecture: undefined })
  })

  it.each<[TrainSettings, string]>([
    [{ window: 0 }, 'option-invalid'],
    [{ quantile: 0.9, thresholdFactor: 3 }, 'option-conflict'],
    [{ detector: 'z-score', units: 4 }, 'option-without-effect'],
    [{ openCount: 5, openWithin: 3 }, 'option-invalid'],
    [{ minAbsoluteByChannel: ['speed=2'] }, 'option-invalid'],
  ])('refuses %o', (options, code) => {
    expect(() => resolve(options)).toThrow(expect.objectContaining({ code }))
  })
})
