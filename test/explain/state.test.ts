import { describe, expect, it } from 'vitest'
import { eventSentence, kindOf } from '../../src/explain/index.js'
import type { ChannelShape } from '../../src/explain/shape.js'
import { isStateChannel, stateClause, unknownStates } from '../../src/explain/state.js'
import { isRareTurn } from '../../src/explain/turned.js'

const info = {
  channels: ['mode=idle', 'door', 'valve', 'temp'],
  switches: ['valve'],
  options: {
    derived: [
      { channel: 'mode=idle', from: 'mode', kind: 'state', value: 'idle', values: ['idle', 'run', 'boost'] },
      { channel: 'door', from: 'door', kind: 'state', value: 'open', values: ['closed', 'open'] },
    ],
  },
  schema: undefined,
}
const text = (c: number, reading: number, before?: number) =>
  stateClause(info, c, { label: info.channels[c], reading, before })

it('a state is a channel that was made of a text, or one of two readings', () => {
  expect(info.channels.map((_, c) => isStateChannel(info, c))).toEqual([true, true, true, false])
})

describe('what a state does', () => {
  it.each([
    ['mode is no longer idle', 0, 0, 1],
    ['mode is idle', 0, 1, 0],
    ['mode is not idle', 0, 0, 0],
    ['mode is not idle', 0, 0, undefined],
    ['door is open', 1, 1, 0],
    ['door is closed', 1, 0, 1],
    ['valve turned to 1', 2, 1, 0],
    ['valve stayed at 0', 2, 0, 0],
    ['mode has no reading', 0, Number.NaN, 1],
  ] as const)('is said as: %s', (said, c, reading, before) => {
    expect(text(c, reading, before)).toBe(said)
  })

  it('is the whole of what a sentence says of it', () => {
    const idle = {
      name: 'mode=idle',
      reading: 0,
      low: 0.6,
      high: 1,
      decimals: 0,
      kind: 'level-shift',
    } as const
    const sentence = eventSentence({
      main: [{ ...idle, state: 'mode is no longer idle' }],
      left: [{ name: 'mode=idle', after: 0 }],
      channels: 6,
      duration: String,
    })
    expect(sentence).toBe('mode is no longer idle; nothing else moved')
  })
})

const usual = {
  name: 'a',
  median: 0,
  spread: 0.3,
  usualDistance: 1,
  roughness: 0.05,
  min: 0,
  max: 1,
  longestRun: 50,
  hasMany: false,
}
const shape: ChannelShape = {
  usual: { ...usual, isState: true },
  samples: 0,
  largest: 10,
  missing: 0,
  run: { start: 0, samples: 60, value: 0, step: 3, others: 0 },
  level: 8,
  variation: 1,
  rise: 6,
  linear: 0.9,
  roughness: 1,
  unrest: 1,
  approach: 0,
  step: 20,
  swings: 0,
  spikes: 0,
  beyond: 0,
  ratio: 1,
  shift: 0,
}
const calm: ChannelShape = {
  ...shape,
  usual: { ...usual, hasMany: true, isState: false },
  run: { start: 0, samples: 1, value: 0.5, step: 0, others: 0 },
  largest: 1,
  level: 0,
  rise: 0,
  linear: 0,
  step: 0,
}

describe('the kind of an event with a state', () => {
  it.each([60, 0])(
    'is no drift, dropout or saturation where it lasts, %i samples outside of its band',
    samples => {
      const main = { ...shape, samples, run: { ...shape.run, samples: 90 } }
      expect(kindOf({ main: [main], all: [main, calm, calm, calm], isApart: false })).toMatchObject({
        kind: 'level-shift',
        verdict: 'unclear',
      })
    },
  )

  it('leaves open whether a sensor is at fault that jumps as a state turns', () => {
    const spike = { ...calm, samples: 2, largest: 12 }
    const facts = { main: [spike], all: [spike, calm, calm, calm], isApart: false }
    expect(kindOf(facts)).toMatchObject({ kind: 'spike', verdict: 'sensor' })
    expect(kindOf({ ...facts, hasTurned: true })).toMatchObject({ kind: 'spike', verdict: 'unclear' })
    const frozen = { ...calm, run: { ...calm.run, samples: 400 } }
    expect(kindOf({ ...facts, main: [frozen], hasTurned: true })).toMatchObject({
      kind: 'frozen',
      verdict: 'sensor',
    })
  })

  it('does not do so for one that turns all the time', () => {
    const channels = [usual, { ...usual, roughness: 0.4 }, { ...usual, max: 0 }]
    expect([0, 1, 2].map(c => isRareTurn([c], { channels }))).toEqual([true, false, false])
  })
})

describe('a state that the training did not have', () => {
  const mode = ['idle', 'run'].map(value => ({
    channel: `mode=${value}`,
    from: 'mode',
    kind: 'state',
    value,
    values: ['idle', 'run'],
  }))
  const facts = {
    ...info,
    channels: ['mode=idle', 'mode=run', 'temp'],
    switches: [],
    options: { derived: mode },
  }
  const frame = {
    timeMs: Float64Array.from({ length: 40 }, (_, i) => i),
    timeKind: 'index' as const,
    values: Float64Array.from(
      Array.from({ length: 40 }, (_, i) => [Number(i < 10), Number(i >= 20 && i < 30), 50]).flat(),
    ),
    channels: facts.channels,
  }
  frame.values.set([Number.NaN, Number.NaN], 35 * 3)

  it('is one in which all channels of the column are 0, over a quarter of an event at least', () => {
    expect(unknownStates(facts, frame, { start: 8, end: 22 })).toEqual(['mode'])
    expect(unknownStates(facts, frame, { start: 0, end: 10 })).toEqual([])
    expect(unknownStates(facts, frame, { start: 0, end: 12 })).toEqual([])
    expect(unknownStates(facts, frame, { start: 35, end: 36 })).toEqual([])
  })

  it('is not known of a column that has no channel for one of its states', () => {
    const part = { ...facts, options: { derived: mode.slice(0, 1) } }
    expect(unknownStates(part, frame, { start: 10, end: 20 })).toEqual([])
    expect(unknownStates(info, { ...frame, channels: info.channels }, { start: 0, end: 10 })).toEqual([])
  })

  it('leaves the verdict open, and is said', () => {
    const shift = { samples: 60, largest: 10, level: 8, variation: 1, rise: 0, linear: 0 } as ChannelShape
    const shape = { ...shift, usual: {}, run: { samples: 1 } } as ChannelShape
    const kind = { main: [shape], all: [shape, { ...shape, samples: 0, largest: 1 }], isApart: false }
    expect(kindOf(kind).verdict).toBe('sensor')
    expect(kindOf({ ...kind, isUnknown: true }).verdict).toBe('unclear')
    const said = { reading: 88.1, low: 69.8, high: 74, decimals: 1, kind: 'drift' } as const
    const sentence = eventSentence({
      main: [{ name: 'temp', ...said }],
      left: [{ name: 'temp', after: 0 }],
      channels: 3,
      unknown: ['mode'],
      duration: ms => `${ms} ms`,
    })
    expect(sentence).toBe('temp drifted to 88.1, expected 69.8-74.0; mode is none of the known states')
  })
})
