import { describe, expect, it } from 'vitest'
import { type ChannelShape, EVENT_KINDS, kindOf } from '../../src/explain/index.js'

const calm: ChannelShape = {
  usual: { name: 'a', median: 50, spread: 10, roughness: 1, min: 0, max: 100, longestRun: 2 },
  samples: 0,
  largest: 1,
  missing: 0,
  run: { samples: 1, value: 50, step: 0 },
  level: 0,
  variation: 1,
  rise: 0,
  linear: 0,
  roughness: 1,
  unrest: 1,
  approach: 0,
  swings: 0,
  spikes: 0,
  beyond: 0,
  ratio: 1,
  shift: 0,
}
const out = { ...calm, samples: 60, largest: 10 }
const kindAlone = (shape: ChannelShape) =>
  kindOf({ main: [shape], all: [shape, calm, calm, calm], isApart: false })

describe('the kind of an event', () => {
  it.each([
    ['frozen', 'sensor', { ...out, run: { samples: 30, value: 50, step: 0 } }],
    ['dropout', 'sensor', { ...out, run: { samples: 6, value: -5, step: 4 } }],
    ['dropout', 'sensor', { ...out, missing: 0.8 }],
    ['saturation', 'sensor', { ...out, run: { samples: 12, value: 100, step: 0.1 } }],
    ['spike', 'sensor', { ...out, samples: 2 }],
    ['noise-change', 'sensor', { ...out, samples: 2, spikes: 20, unrest: 5 }],
    ['unit-jump', 'sensor', { ...out, ratio: 1000, shift: 400 }],
    ['drift', 'sensor', { ...out, level: 8, rise: 12, linear: 0.9 }],
    ['drift', 'sensor', { ...out, samples: 12, level: 5, approach: 0.9 }],
    ['level-shift', 'sensor', { ...out, level: 8, rise: 0.5 }],
    ['level-shift', 'sensor', { ...out, level: -8, rise: 12, linear: 0.9 }],
    ['noise-change', 'sensor', { ...out, variation: 5, unrest: 4 }],
    ['noise-change', 'sensor', { ...out, samples: 5, level: 6, roughness: 3, spikes: 20 }],
    ['correlation-break', 'sensor', { ...out, level: 1, variation: 5, swings: 30 }],
    ['unclear', 'unclear', { ...out, level: 1, variation: 5 }],
    ['unclear', 'unclear', calm],
  ] as const)('is %s, of the %s', (kind, verdict, shape) => {
    expect(kindAlone(shape)).toMatchObject({ kind, verdict })
  })

  it('of several channels points to the machine', () => {
    const shift = { ...out, level: 8 }
    const all = [shift, shift, shift, calm, calm, calm, calm, calm]
    expect(kindOf({ main: [shift, shift], all, isApart: false })).toMatchObject({
      kind: 'level-shift',
      verdict: 'machine',
    })
    expect(kindOf({ main: [shift, shift, shift], all, isApart: false })).toMatchObject({
      kind: 'process-anomaly',
      verdict: 'machine',
    })
  })

  it('leaves the verdict open where one channel explains it and another one moved as well', () => {
    const shift = { ...out, level: 8 }
    const other = { ...out, samples: 40 }
    expect(kindOf({ main: [shift], all: [shift, other, calm], isApart: false })).toMatchObject({
      kind: 'level-shift',
      verdict: 'unclear',
    })
    const briefly = { ...out, samples: 10 }
    expect(kindOf({ main: [shift], all: [shift, briefly, calm], isApart: false }).verdict).toBe('sensor')
  })

  it('is the machine when readings of a second channel are noisy as well, within their band', () => {
    const noisy = { ...out, variation: 5, unrest: 4 }
    const verdictWith = (other: ChannelShape) =>
      kindOf({ main: [noisy], all: [noisy, other, calm], isApart: false }).verdict
    expect(verdictWith({ ...calm, unrest: 4 })).toBe('machine')
    expect(verdictWith({ ...calm, unrest: 2 })).toBe('sensor')
  })

  it('is operation when most channels are quiet, or leave the history together', () => {
    const quiet = { ...out, roughness: 0.05 }
    expect(kindOf({ main: [quiet], all: [quiet, quiet, quiet, calm], isApart: false })).toMatchObject({
      kind: 'machine-off',
      verdict: 'operation',
    })
    const beyond = { ...out, beyond: 0.9 }
    expect(
      kindOf({ main: [beyond, beyond, beyond], all: [beyond, beyond, beyond, calm], isApart: false }),
    ).toMatchObject({
      kind: 'out-of-range-operation',
      verdict: 'operation',
    })
  })

  it('has a rule for each', () => {
    expect(new Set(EVENT_KINDS).size).toBe(13)
  })

  it('is a broken correlation where nothing but that is unusual', () => {
    expect(kindOf({ main: [calm], all: [calm], isApart: true }).kind).toBe('correlation-break')
    const spike = { ...out, samples: 2 }
    expect(kindOf({ main: [spike], all: [spike], isApart: true }).kind).toBe('spike')
  })

  it('is unclear when no channel explains the event', () => {
    expect(kindOf({ main: [], all: [calm], isApart: false }).kind).toBe('unclear')
  })
})
