import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import type { Json, State, Tensor } from '../../src/core/state.js'
import { modelFromState, modelToState } from '../../src/model/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { type FixtureName, fixtureState, NAMES } from './fixtures.js'

/** A fixture with the state of a stage changed, by the path to it. */
function withStage(
  name: FixtureName,
  path: readonly (string | number)[],
  change: Record<string, Json>,
): State {
  const state = fixtureState(name)
  const stage = path.reduce(
    (at, key) => at[key] as never,
    state.options.stages as Record<string | number, Json>,
  )
  Object.assign(stage, change)
  return state
}
const withTensor = (
  name: FixtureName,
  tensor: string,
  make: (tensor: Tensor) => Tensor | undefined,
): State => {
  const state = fixtureState(name)
  const { [tensor]: old, ...others } = state.arrays
  const made = make(old)
  return { ...state, arrays: made ? { ...others, [tensor]: made } : others }
}

describe('a stage of another version', () => {
  it.each<[string, State]>([
    [
      'detector:ensemble version 99; this telltale reads version 1 and 2',
      withStage('auto', ['detector'], { version: 99 }),
    ],
    [
      'detector:nearest version 99; this telltale reads version 1',
      withStage('auto', ['detector', 'options', 'members', 2, 'state'], { version: 99 }),
    ],
    [
      'scaler:standard version 2; this telltale reads version 1',
      withStage('auto', ['scaler'], { version: 2 }),
    ],
    [
      'threshold:spot version 4; this telltale reads version 1',
      withStage('z-score', ['threshold'], { version: 4 }),
    ],
    [
      'detector:oracle version 1; this telltale reads no version of it',
      withStage('ewma', ['baseline'], { kind: 'detector:oracle' }),
    ],
    [
      'constructor version 1; this telltale reads no version of it',
      withStage('ewma', ['scaler'], { kind: 'constructor' }),
    ],
  ])('is refused alone: the model contains %s', (text, state) => {
    expect(() => modelFromState(state)).toThrow(`the model contains ${text}`)
  })
})

describe('a damaged tensor', () => {
  it.each(NAMES)('of %s is refused with stage and name', name => {
    const { arrays } = fixtureState(name)
    const renamed = (tensor: string) =>
      tensor === 'calibration.scores' ? 'scores' : tensor.replace(/^.*?\.(member\d\.)*/, '')
    for (const tensor of Object.keys(arrays)) {
      const refusals: Record<string, (tensor: Tensor) => Tensor | undefined> = {
        missing: () => undefined,
        longer: ({ shape, data }) => ({
          shape: [shape[0] + 1, ...shape.slice(1)],
          data: new Float64Array(data.length + data.length / shape[0]),
        }),
        'of another shape': ({ shape, data }) => ({ shape: [...shape, 1, 1], data }),
        'with a shape of its own': ({ shape, data }) => ({ shape: [...shape, 2], data }),
        'without numbers': ({ shape }) => ({ shape }) as Tensor,
        'with a list for numbers': ({ shape, data }) =>
          ({ shape, data: Array.from(data) }) as unknown as Tensor,
      }
      for (const [damage, make] of Object.entries(refusals)) {
        // Any number of scores above a base is sound.
        if (arrays[tensor].data.length === 0 || (tensor === 'threshold.excesses' && damage === 'longer'))
          continue
        if (/bank|components/.test(tensor) && damage === 'longer') continue
        expect(() => modelFromState(withTensor(name, tensor, make)), `${tensor} ${damage}`).toThrow(
          renamed(tensor),
        )
      }
    }
  })

  it('is refused when it belongs to no stage, or to a stage that has no such', () => {
    const extra = { shape: [1], data: Float64Array.of(1) }
    const state = fixtureState('z-score')
    const withExtra = (name: string) => () =>
      modelFromState({ ...state, arrays: { ...state.arrays, [name]: extra } })
    expect(withExtra('other.x')).toThrow('the tensor other.x belongs to no stage')
    expect(withExtra('scaler.x')).toThrow('scaler: the tensor x is not known')
    expect(withExtra('threshold.x')).toThrow('two-sided.threshold: the tensor x is not known')
  })

  it('is refused for numbers that no fit gives', () => {
    const zero = ({ shape, data }: Tensor) => ({ shape, data: data.map(() => 0) as Float64Array })
    expect(() => modelFromState(withTensor('auto', 'scaler.spread', zero))).toThrow('scaler.spread[0] is 0')
    expect(() => modelFromState(withTensor('z-score', 'detector.member0.spreads', zero))).toThrow(
      'detector.member0.spreads[0] is 0, wanted is above 0',
    )
  })
})

describe('the rules of an ensemble', async () => {
  const random = createRandom(1)
  const n = 400
  const model = await trainModel({
    timeMs: Float64Array.from({ length: n }, (_, i) => 60_000 * i),
    timeKind: 'utc',
    channels: ['a', 'b'],
    values: Float64Array.from({ length: 2 * n }, () => random.normal()),
  })
  const { options, arrays, ...state } = modelToState(model)
  const name = Object.keys(arrays).find(tensor => tensor.endsWith('frozen-causal'))!

  it('refuse limits of frozen channels that are not above 0, of other channels, or of a model that does not smooth', () => {
    const limits = (...data: number[]) => ({ shape: [data.length], data: Float64Array.from(data) })
    const withLimits = (tensor: Tensor) => () =>
      modelFromState({ ...state, options, arrays: { ...arrays, [name]: tensor } })
    // Sound limits are refused only because the id is that of others.
    expect(withLimits(limits(11, Number.NaN))).toThrow('id: it is not that of the content')
    expect(withLimits(limits(10, 0))).toThrow('frozen-causal: limits are above 0, or NaN')
    expect(withLimits(limits(10))).toThrow('frozen-causal: the limits of 2 channels are expected')
    const text = JSON.stringify(options).replace(/"scales":\[[^\]]*\]/g, found =>
      found.replace(/\d+/g, '0.1'),
    )
    const changed = JSON.parse(text)
    expect(() => modelFromState({ ...state, options: changed, arrays })).toThrow(
      'options.frozen: smoothing at a scale of 1 or more is required',
    )
  })

  it('refuse computed channels that name no column, and another list of them than that of the content', () => {
    const withDerived = (derived: string) => () => {
      const text = JSON.stringify(options).replace('"options":{', `"options":{"derived":${derived},`)
      return modelFromState({ ...state, options: JSON.parse(text), arrays })
    }
    expect(withDerived('[]')).toThrow('id: it is not that of the content')
    expect(withDerived('[{"channel":"a","from":"x","kind":"rate"}]')).toThrow(
      'id: it is not that of the content',
    )
    for (const derived of [
      '5',
      '["a"]',
      '[{"channel":"a","kind":"rate"}]',
      '[{"channel":"a","from":"x","kind":"cube"}]',
    ])
      expect(withDerived(derived)).toThrow('options.derived')
  })

  it('refuse a zone of the cycle that is none, with what is wanted', () => {
    const cycle = '"cycle":{"days":1,"zone":"Europe/Atlantis","shiftMs":0,"rest":1,"explained":0.5}'
    const changed = JSON.parse(JSON.stringify(options).replace('"memoryless":', `${cycle},"memoryless":`))
    expect(() => modelFromState({ ...state, options: changed, arrays })).toThrow(
      'cycle.zone: must be a time zone such as Europe/Berlin',
    )
  })

  it('refuse a baseline that is larger than its mean, too large, or not of each alignment', () => {
    const withBaseline = (change: object) => () => {
      const text = JSON.stringify(options).replace(
        /"baseline":(\{"samples":\d+,"of":\d+,.*?\}\})/,
        (_, found) => `"baseline":${JSON.stringify({ ...JSON.parse(found), ...change })}`,
      )
      return modelFromState({ ...state, options: JSON.parse(text), arrays })
    }
    expect(withBaseline({ samples: 500 })).toThrow('id: it is not that of the content')
    expect(withBaseline({ samples: 2000 })).toThrow('samples: at most of is required')
    expect(withBaseline({ samples: 2_000_000, of: 2_000_000 })).toThrow('baseline')
    expect(withBaseline({ usual: { causal: 0 } })).toThrow('options.baseline.usual')
  })
})
