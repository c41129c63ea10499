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
  spikes: 0,
  beyond: 0,
  ratio: 1,
  shift: 0,
}
const out = { ...calm, samples: 60, largest: 10 }
const kindAlone = (shape: ChannelShape) => kindOf({ main: [shape], all: [shape, calm, calm, calm] })

describe('the kind of an event', () => {
  it.each([
    ['frozen', 'sensor', { ...out, run: { samples: 30, value: 50, step: 0 } }],
    ['dropout', 'sensor', { ...out, run: { samples: 6, value: -5, step: 4 } }],
    ['dropout', 'sensor', { ...out, missing: 0.8 }],
    ['saturation', 'sensor', { ...out, run: { samples: 12, value: 100, step: 0.1 } }],
    ['spike', 'sensor', { ...out, samples: 2 }],
    ['unit-jump', 'sensor', { ...out, ratio: 1000, shift: 400 }],
    ['drift', 'sensor', { ...out, level: 8, rise: 12, linear: 0.9 }],
    ['level-shift', 'sensor', { ...out, level: 8, rise: 0.5 }],
    ['noise-change', 'sensor', { ...out, variation: 5, roughness: 3 }],
    ['correlation-break', 'unclear', { ...out, level: 1, variation: 5 }],
    ['unclear', 'unclear', calm],
  ] as const)('is %s, of the %s', (kind, verdict, shape) => {
    expect(kindAlone(shape)).toMatchObject({ kind, verdict })
  })

  it('of several channels points to the machine', () => {
    const shift = { ...out, level: 8 }
    const all = [shift, shift, shift, calm, calm, calm, calm, calm]
    expect(kindOf({ main: [shift, shift], all })).toMatchObject({ kind: 'level-shift', verdict: 'machine' })
    expect(kindOf({ main: [shift, shift, shift], all })).toMatchObject({
      kind: 'process-anomaly',
      verdict: 'machine',
    })
  })

  it('is operation when most channels are quiet, or leave the history together', () => {
    const quiet = { ...out, roughness: 0.05 }
    expect(kindOf({ main: [quiet], all: [quiet, quiet, quiet, calm] })).toMatchObject({
      kind: 'machine-off',
      verdict: 'operation',
    })
    const beyond = { ...out, beyond: 0.9 }
    expect(kindOf({ main: [beyond, beyond, beyond], all: [beyond, beyond, beyond, calm] })).toMatchObject({
      kind: 'out-of-range-operation',
      verdict: 'operation',
    })
  })

  it('has a rule for each', () => {
    expect(new Set(EVENT_KINDS).size).toBe(13)
  })

  it('is unclear when no channel explains the event', () => {
    expect(kindOf({ main: [], all: [calm] }).kind).toBe('unclear')
  })
})
