import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alignment } from '../../src/core/contracts.js'
import { ArtefactError } from '../../src/core/errors.js'
import type { Json, State, Tensor } from '../../src/core/state.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { contentId } from '../../src/model/content-id.js'
import {
  type Model,
  modelFromBytes,
  modelFromState,
  modelToBytes,
  modelToState,
  withId,
} from '../../src/model/index.js'
import { type FixtureName, fixtureState, NAMES, scored } from './fixtures.js'

const { frame, expected } = scored()
const alignmentOf = (name: FixtureName): Alignment => (name === 'auto-end' ? 'causal' : 'two-sided')
const objectOf = (value: Json) => value as { readonly [key: string]: Json }

/** Published scores, as the scoring path makes them of those of the detector. */
function publishedScores(model: Model, alignment: Alignment): number[] {
  const scorer = model.detector.online({ alignment })
  const pieces = [scorer.push(model.scaler.transform(frame)), scorer.finish()]
  const { level } = model.calibrations[alignment]!.threshold
  return pieces.flatMap(({ score }) => Array.from(score, value => Math.fround(value / level)))
}

describe('a model of telltale 0.1', () => {
  it.each(NAMES)('%s loads with the alignment it was trained for and keeps its scores', name => {
    const model = modelFromState(fixtureState(name))
    const alignment = alignmentOf(name)
    expect(Object.keys(model.calibrations)).toEqual([alignment])
    expect(Object.keys(model.info.calibration)).toEqual([alignment])
    const { score, kernels } = expected[name]
    const found = publishedScores(model, alignment)
    expect(found.length).toBe(score.length)
    found.forEach((value, i) => {
      if (score[i] === null) expect(value, `sample ${i}`).toBeNaN()
      else if (kernels === preferredBuild()) expect(value, `sample ${i}`).toBe(score[i])
      else expect(value, `sample ${i}`).toBeCloseTo(score[i] as number, 5)
    })
  })

  it('gets the settings that its options meant', () => {
    const plain = {
      openCount: 1,
      closeBelow: 1,
      mergeGap: 5,
      minLength: 1,
      coolDown: 0,
      channels: {},
      maintenance: [],
    }
    const settings = (name: FixtureName) => modelFromState(fixtureState(name)).info.settings
    expect(settings('auto')).toEqual({
      missing: { missing: 'error', missingByChannel: [], maxGap: 5 },
      events: plain,
      adapt: { adapt: false, adaptLimit: 0.25, adaptMemory: 10_000 },
      threshold: { quantile: 0.99 },
    })
    expect(settings('ewma').missing.missing).toBe('hold')
    expect(settings('ewma').threshold).toEqual({ thresholdRule: 'mad', thresholdFactor: 6 })
    expect(settings('auto-end').threshold).toEqual({ falseAlarms: '1/day' })
    const ruled = fixtureState('auto')
    const options = {
      ...objectOf(ruled.options.options),
      directionByChannel: ['flow=below'],
      maintenance: ['Sun 02:00-04:00'],
    }
    const { events } = modelFromState({ ...ruled, options: { ...ruled.options, options } }).info.settings
    expect(events.channels).toEqual({ flow: { direction: 'below', minAbsolute: 0, minRelative: 0 } })
    expect(events.maintenance).toEqual([{ days: [0], from: 120, to: 240, timeZone: 'UTC' }])
  })

  it('loads without what older ones do not keep, with the defaults of then', () => {
    const state = fixtureState('auto')
    const { schema: _, options, calibration, members, ...info } = state.options
    const { mergeGap: __, closeBelow: ___, ...older } = objectOf(options)
    const { promise: ____, ...withoutAlarms } = objectOf(calibration)
    const plain = (members as unknown as { name: string; reason: string }[]).map(({ name, reason }) => ({
      name,
      reason,
    }))
    const model = modelFromState({
      ...state,
      options: { ...info, options: older, calibration: withoutAlarms, members: plain },
    })
    expect(model.info.schema).toBeUndefined()
    expect(model.info.settings.events).toMatchObject({ mergeGap: 5, closeBelow: 1 })
    expect(publishedScores(model, 'two-sided')).toEqual(
      publishedScores(modelFromState(fixtureState('auto')), 'two-sided'),
    )
  })
})

describe('a model as data', () => {
  it.each(NAMES)(
    '%s comes back from its state, from a clone and from its bytes, the same in every bit',
    name => {
      const model = modelFromState(fixtureState(name))
      const state = modelToState(model)
      const bytes = modelToBytes(model)
      for (const back of [
        modelFromState(state),
        modelFromState(structuredClone(state)),
        modelFromBytes(bytes),
      ]) {
        expect(back.info).toEqual(model.info)
        expect(modelToBytes(back)).toEqual(bytes)
        expect(publishedScores(back, alignmentOf(name))).toEqual(publishedScores(model, alignmentOf(name)))
      }
      expect(modelToState(model)).toEqual(state)
    },
  )

  it('gives equal bytes whatever the order of its keys, as a database may return them', () => {
    const state = modelToState(modelFromState(fixtureState('autoencoder')))
    const turned = (value: unknown): unknown =>
      typeof value !== 'object' || value === null
        ? value
        : Array.isArray(value)
          ? value.map(turned)
          : Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, item]) => [key, turned(item)]),
            )
    const other = { ...state, options: turned(state.options) as State['options'] }
    expect(modelToBytes(modelFromState(other))).toEqual(stateToBytes(state))
  })

  it('holds arrays that a clone copies no more of than they are', () => {
    const { arrays } = modelToState(modelFromState(fixtureState('committee')))
    for (const [name, { data }] of Object.entries(arrays))
      expect(data.buffer.byteLength, name).toBe(data.byteLength)
  })
})

describe('the id of a model', () => {
  const model = modelFromState(fixtureState('z-score'))
  const state = modelToState(model)

  it('is that of its content, whatever the model said before', () => {
    expect(model.info.id).toMatch(/^[0-9a-f]{64}$/)
    expect(withId({ ...model, info: Object.assign({ ...model.info }, { id: 'x' }) }).info.id).toBe(
      model.info.id,
    )
    expect(withId({ ...model, info: { ...model.info, seed: 2 } }).info.id).not.toBe(model.info.id)
    expect(new Set(NAMES.map(name => modelFromState(fixtureState(name)).info.id)).size).toBe(NAMES.length)
  })

  it('changes with any bit of any tensor, with its name, its shape and its precision', () => {
    const names = Object.keys(state.arrays)
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.nat(7), (name, at, bit) => {
        const copy = structuredClone(state)
        const { data } = copy.arrays[name]
        if (data.length === 0) return
        const bytes = new Uint8Array(data.buffer)
        bytes[at % bytes.length] ^= 1 << bit
        expect(contentId(copy)).not.toBe(model.info.id)
        expect(() => modelFromState(copy)).toThrow(ArtefactError)
      }),
      { seed: 4, numRuns: 200 },
    )
    const { 'scaler.offset': offset, ...others } = state.arrays
    const variants: Record<string, Tensor>[] = [
      others,
      { ...others, 'scaler.other': offset },
      { ...state.arrays, 'scaler.offset': { ...offset, shape: [1, 3] } },
      { ...state.arrays, 'scaler.offset': { ...offset, data: Float32Array.from(offset.data) } },
    ]
    for (const arrays of variants) expect(contentId({ ...state, arrays })).not.toBe(model.info.id)
  })
})

describe('damaged bytes of a model', () => {
  const bytes = modelToBytes(modelFromState(fixtureState('z-score')))

  it('are refused by name wherever a bit differs or the rest is missing', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), fc.boolean(), (at, bit, cut) => {
        const copy = cut ? bytes.slice(0, at) : Uint8Array.from(bytes)
        if (!cut) copy[at] ^= 1 << bit
        expect(() => modelFromBytes(copy)).toThrow(ArtefactError)
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('are refused when they are of another state or of another version', () => {
    const { options, arrays } = stateFromBytes(bytes)
    expect(() => modelFromBytes(stateToBytes({ kind: 'session', version: 1, options, arrays }))).toThrow(
      'the model is damaged: manifest: it is a session, not a model',
    )
    expect(() => modelFromBytes(stateToBytes({ kind: 'model', version: 3, options, arrays }))).toThrow(
      'the model contains a manifest of version 3; this telltale reads version 1 and 2',
    )
  })
})
