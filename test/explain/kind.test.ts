import { describe, expect, it } from 'vitest'
import { type ChannelShape, EVENT_KINDS, kindOf } from '../../src/explain/index.js'

const calm: ChannelShape = {
  usual: {
    name: 'a',
    median: 50,
    spread: 10,
    usualDistance: 3,
    roughness: 1,
    min: 0,
    max: 100,
    longestRun: 2,
    hasMany: true,
  },
  samples: 0,
  largest: 1,
  missing: 0,
  run: { start: 0, samples: 1, value: 50, step: 0, others: 0 },
  level: 0,
  variation: 1,
  rise: 0,
  linear: 0,
  roughness: 1,
  unrest: 1,
  approach: 0,
  step: 0,
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
    ['frozen', 'sensor', { ...out, run: { start: 0, samples: 30, value: 50, step: 0, others: 0 } }],
    ['dropout', 'sensor', { ...out, run: { start: 0, samples: 6, value: -5, step: 4, others: 0 } }],
    ['dropout', 'sensor', { ...out, missing: 0.8 }],
    ['saturation', 'sensor', { ...out, run: { start: 0, samples: 12, value: 100, step: 0.1, others: 0 } }],
    ['spike', 'sensor', { ...out, samples: 2 }],
    ['noise-change', 'sensor', { ...out, samples: 2, spikes: 20, unrest: 5 }],
    ['unit-jump', 'sensor', { ...out, ratio: 1000, shift: 400 }],
    ['drift', 'sensor', { ...out, level: 8, rise: 12, linear: 0.9 }],
    ['drift', 'sensor', { ...out, samples: 12, level: 5, approach: 0.9 }],
    // A few samples outside of the band are no end of a drift.
    ['level-shift', 'sensor', { ...out, samples: 9, level: 5, approach: 0.9 }],
    // Readings that were near the edge of the band and jumped out of it came there in no drift.
    ['level-shift', 'sensor', { ...out, level: 5, approach: 0.9, step: 20 }],
    // What the others call for follows the reading, or forgets it: the reading itself has stepped.
    ['level-shift', 'sensor', { ...out, level: 8, rise: 12, linear: 0.9, jump: 4 }],
    ['level-shift', 'sensor', { ...out, level: -8, rise: 12, linear: 0.9, jump: 4 }],
    ['drift', 'sensor', { ...out, level: 8, rise: 12, linear: 0.9, jump: 1 }],
    // Within the band, which is wide where much time has passed.
    ['level-shift', 'sensor', { ...calm, step: 20 }],
    ['level-shift', 'sensor', { ...out, level: 8, rise: 0.5 }],
    ['level-shift', 'sensor', { ...out, level: -8, rise: 2, linear: 0.9 }],
    ['level-shift', 'sensor', { ...out, level: -8, rise: 5, linear: 0.9 }],
    // A machine that warms up: far off at first, as expected in the end.
    ['unclear', 'unclear', { ...out, level: -8, rise: 12, linear: 0.9 }],
    ['noise-change', 'sensor', { ...out, variation: 5, unrest: 4 }],
    ['noise-change', 'sensor', { ...out, samples: 5, level: 6, roughness: 3, spikes: 20 }],
    ['correlation-break', 'sensor', { ...out, level: 1, variation: 5, swings: 30 }],
    ['unclear', 'unclear', { ...out, level: 1, variation: 5 }],
    // Rounded more coarsely than in the history.
    ['unclear', 'unclear', { ...calm, run: { start: 0, samples: 30, value: 50, step: 0, others: 20 } }],
    ['unclear', 'unclear', { ...calm, run: { start: 0, samples: 30, value: 100, step: 0.1, others: 20 } }],
    ['unclear', 'unclear', calm],
  ] as const)('is %s, of the %s', (kind, verdict, shape) => {
    expect(kindAlone(shape)).toMatchObject({ kind, verdict })
  })

  it('of several channels points to the sensors where all but one are frozen', () => {
    const shift = { ...out, level: 8 }
    const frozen = { ...calm, run: { start: 0, samples: 40, value: 50, step: 0, others: 0 } }
    const all = [shift, frozen, calm, calm]
    expect(kindOf({ main: [shift, frozen], all, isApart: false })).toMatchObject({
      kind: 'level-shift',
      verdict: 'sensor',
    })
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

  it('is no process anomaly where fewer than three of the channels left their bands', () => {
    const kind = (...main: ChannelShape[]) =>
      kindOf({ main, all: [...main, calm, calm], isApart: false }).kind
    expect(kind(calm, calm, calm)).toBe('unclear')
    expect(kind(out, out, calm)).toBe('unclear')
    expect(kind(out, out, out)).toBe('process-anomaly')
  })

  it('leaves the verdict open where no channel explains the score, whatever the kind, but for what a sensor shows by itself', () => {
    const facts = (shape: ChannelShape) => ({
      main: [shape],
      all: [shape],
      isApart: false,
      repaired: 'none' as const,
    })
    expect(kindOf(facts({ ...out, level: 8 }))).toMatchObject({ kind: 'level-shift', verdict: 'unclear' })
    const broken = { ...out, level: 1, variation: 5, swings: 30 }
    expect(kindOf({ ...facts(broken), all: [broken, calm] })).toMatchObject({
      kind: 'correlation-break',
      verdict: 'unclear',
    })
    expect(kindOf(facts({ ...out, samples: 2 }))).toMatchObject({ kind: 'spike', verdict: 'unclear' })
    expect(kindOf(facts({ ...out, missing: 0.8 }))).toMatchObject({ kind: 'dropout', verdict: 'sensor' })
  })

  it('leaves the verdict open where one channel explains a part of the score, and others left their bands at all', () => {
    const shift = { ...out, level: 8 }
    const verdict = (other: ChannelShape, repaired: 'whole' | 'part') =>
      kindOf({ main: [shift], all: [shift, other, calm], isApart: false, repaired }).verdict
    const short = { ...calm, samples: 10, largest: 5 }
    expect(verdict(short, 'part')).toBe('unclear')
    expect(verdict(short, 'whole')).toBe('sensor')
    expect(verdict(calm, 'part')).toBe('sensor')
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

  it('leaves the verdict open where a reading jumps or is saturated while many others stand out, and points to the machine where two jump', () => {
    const rail = { ...out, run: { start: 0, samples: 12, value: 100, step: 0.1, others: 0 } }
    const spike = { ...out, samples: 2 }
    const beside = { ...calm, samples: 2, largest: 7 }
    const verdict = (main: ChannelShape[], ...others: ChannelShape[]) =>
      kindOf({ main, all: [...main, ...others, calm], isApart: false }).verdict
    for (const shape of [rail, spike]) {
      expect(verdict([shape], beside, beside)).toBe('sensor')
      expect(verdict([shape], beside, beside, beside)).toBe('unclear')
    }
    expect(verdict([spike, spike])).toBe('machine')
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
  })

  it('is operation out of range when at least half of the channels, and three, are beyond the history, whichever explain the score', () => {
    const beyond = { ...out, level: 8, beyond: 0.9 }
    const inBand = { ...calm, beyond: 0.9 }
    const kind = (main: ChannelShape[], ...others: ChannelShape[]) =>
      kindOf({ main, all: [...main, ...others], isApart: false })
    const operation = { kind: 'out-of-range-operation', verdict: 'operation' }
    expect(kind([beyond, beyond, beyond], calm)).toMatchObject(operation)
    // What the others call for follows a step of all of them: few leave their bands, and one or two explain the score.
    expect(kind([beyond], inBand, inBand, calm, calm)).toMatchObject(operation)
    expect(kind([inBand], inBand, inBand)).toMatchObject(operation)
    expect(kind([{ ...beyond, ratio: 1000, shift: 400 }], inBand, inBand)).toMatchObject(operation)
    expect(kind([beyond], inBand, inBand, calm, calm, calm, calm).kind).toBe('level-shift')
    expect(kind([beyond], inBand).kind).toBe('level-shift')
  })

  it('is no operation out of range where that was so before, and something else is new', () => {
    const old = { ...out, level: 6, beyond: 0.9, isOld: true }
    const all = (main: ChannelShape) => ({ main: [main], all: [main, old, old, old, calm], isApart: false })
    expect(kindOf(all({ ...out, level: 6, beyond: 0.9 })).kind).toBe('level-shift')
    expect(kindOf(all(old)).kind).toBe('out-of-range-operation')
  })

  it('has a rule for each', () => {
    expect(new Set(EVENT_KINDS).size).toBe(13)
  })

  it('is a broken correlation where nothing but that is unusual', () => {
    expect(kindOf({ main: [calm], all: [calm], isApart: true }).kind).toBe('correlation-break')
    const spike = { ...out, samples: 2 }
    expect(kindOf({ main: [spike], all: [spike], isApart: true }).kind).toBe('spike')
    const returning = { ...out, level: -8, rise: 12, linear: 0.9 }
    expect(kindOf({ main: [returning], all: [returning], isApart: true }).kind).toBe('unclear')
  })

  it('is a broken correlation rather than a level shift of one channel: a constant changes no correlation', () => {
    const shift = { ...out, level: 8 }
    const kind = (main: ChannelShape[], isApart: boolean) =>
      kindOf({ main, all: [...main, calm, calm], isApart }).kind
    expect(kind([shift], true)).toBe('correlation-break')
    expect(kind([{ ...calm, step: 20 }], true)).toBe('correlation-break')
    expect(kind([shift], false)).toBe('level-shift')
    expect(kind([{ ...shift, beyond: 0.5 }], true)).toBe('level-shift')
    expect(kind([{ ...shift, rise: 12, linear: 0.9 }], true)).toBe('drift')
    // Where two channels step, the edges of the steps change it.
    expect(kind([shift, shift], true)).toBe('level-shift')
  })

  it('of several channels whose correlation is broken is no fault of one sensor', () => {
    const verdict = (...main: ChannelShape[]) => kindOf({ main, all: [...main, calm, calm], isApart: true })
    expect(verdict(calm)).toMatchObject({ kind: 'correlation-break', verdict: 'sensor' })
    expect(verdict(calm, calm)).toMatchObject({ kind: 'correlation-break', verdict: 'unclear' })
    const swinging = { ...out, level: 1, variation: 5, swings: 30 }
    expect(verdict(swinging, swinging)).toMatchObject({ kind: 'correlation-break', verdict: 'machine' })
    expect(verdict(swinging, calm)).toMatchObject({ kind: 'correlation-break', verdict: 'unclear' })
  })

  it('says of the event, not of the program, why it is unclear', () => {
    expect(kindAlone(calm).reason).toBe('none of the known kinds fits')
  })

  it('breaks no correlation with other channels where there are none', () => {
    const swinging = { ...out, level: 1, variation: 5, swings: 30 }
    expect(kindOf({ main: [swinging], all: [swinging], isApart: false }).kind).toBe('unclear')
  })

  it('of a single channel is a unit when readings and their changes have its factor, and noise whatever the level', () => {
    const kindOfOnly = (shape: ChannelShape) => kindOf({ main: [shape], all: [shape], isApart: false }).kind
    const jumped = { ...out, level: 30, variation: 2, ratio: 11, shift: 4, unrest: 9 }
    expect(kindOfOnly({ ...jumped, roughness: 9 })).toBe('unit-jump')
    expect(kindOfOnly({ ...jumped, unrest: 1, roughness: 1 })).toBe('level-shift')
    const noisy = { ...out, level: 8, unrest: 4 }
    expect(kindOfOnly(noisy)).toBe('noise-change')
    expect(kindAlone(noisy).kind).toBe('level-shift')
  })

  it('is unclear when no channel explains the event', () => {
    expect(kindOf({ main: [], all: [calm], isApart: false }).kind).toBe('unclear')
  })
})
