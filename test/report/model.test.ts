import { describe, expect, it } from 'vitest'
import { checkEventOptions, type EventOptions, parseMaintenance } from '../../src/events/index.js'
import type { ModelInfo } from '../../src/model/index.js'
import { expectedAlarmFacts, formatModel, memberRows, modelFacts } from '../../src/report/index.js'
import { learnSchema } from '../../src/validate/index.js'

const INFO: ModelInfo = {
  id: '0'.repeat(64),
  kind: 'auto',
  members: [
    { name: 'var-3', reason: 'dynamics', weight: 0.5, skill: 0.914, seconds: 0.25 },
    { name: 'pca-1', reason: 'relations', weight: 0.5, skill: null, seconds: 2 },
  ],
  createdAt: '2024-01-01T00:00:00.000Z',
  versions: { telltale: '0.1.0', node: '20', kernels: 'reference' },
  channels: ['flow'],
  timeColumn: null,
  labelColumn: null,
  window: 30,
  stride: 1,
  seed: 1,
  parameters: null,
  options: {},
  training: {
    rows: 100,
    timeKind: 'index',
    from: 0,
    to: 99,
    dataSha256: '',
    parts: { train: { start: 0, end: 60 }, calibration: { start: 70, end: 100 } },
    epochs: null,
    bestEpoch: null,
    bestValidationLoss: null,
    seconds: 3,
  },
  settings: {
    missing: { missing: 'error', missingByChannel: [], maxGap: 5 },
    events: checkEventOptions({}),
    adapt: { adapt: false, adaptLimit: 0.5, adaptMemory: 10_000 },
    threshold: { quantile: 0.999 },
  },
  calibration: {
    causal: { samples: 80, method: 'threshold:quantile', level: 2 },
    'two-sided': { samples: 90, method: 'threshold:tail', level: 3 },
  },
}

const DETECTOR = { contextLength: 2000, fewestSamples: 150 }

describe('a model as text', () => {
  it('says how many samples come before the first score, where they are a window or more', () => {
    const firstOf = (info: ModelInfo, detector: Parameters<typeof modelFacts>[1]) =>
      modelFacts(info, detector).find(([name]) => name === 'first score')?.[1]
    const frame = {
      timeMs: Float64Array.from({ length: 100 }, (_, i) => i * 300_000),
      timeKind: 'utc' as const,
      values: Float64Array.from({ length: 100 }, (_, i) => i % 7),
      channels: ['flow'],
    }
    expect(firstOf({ ...INFO, schema: learnSchema(frame) }, DETECTOR)).toBe('after 149 samples (12 h 25 min)')
    expect(firstOf(INFO, DETECTOR)).toBe('after 149 samples')
    expect(firstOf(INFO, { contextLength: 31 })).toBe('after 30 samples')
    expect(firstOf(INFO, { contextLength: 30 })).toBeUndefined()
    expect(firstOf(INFO, { contextLength: Number.POSITIVE_INFINITY, fewestSamples: 1 })).toBeUndefined()
    expect(formatModel({ info: INFO, detector: DETECTOR }, {}, 'table')).toMatch(
      /^first score +after 149 samples$/m,
    )
    const json = (detector: typeof DETECTOR) =>
      JSON.parse(formatModel({ info: { ...INFO, schema: learnSchema(frame) }, detector }, {}, 'json'))
        .firstScore
    expect(json(DETECTOR)).toEqual({ afterSamples: 149, afterMs: 149 * 300_000 })
    expect(json({ contextLength: 2000, fewestSamples: 1 })).toEqual({ afterSamples: 0, afterMs: 0 })
  })

  it('says which steps are found, and of those that are not how large they were', () => {
    const stepsOf = (...levels: number[][]) => {
      const channels = levels.map((own, c) => ({ name: `c${c}`, sizes: [10, 2800], levels: own }))
      const causal = { samples: 80, method: 'threshold:quantile', level: 2, steps: { within: 30, channels } }
      return modelFacts({ ...INFO, calibration: { causal } }).find(([name]) =>
        name.startsWith('smallest'),
      )?.[1]
    }
    expect(stepsOf([3, 4])).toBe('c0 10 (95 % of them, within 30 samples)')
    expect(stepsOf([3, 4], [1, 1.5])).toBe('c0 10, c1 none up to 2800 (95 % of them, within 30 samples)')
    expect(stepsOf([0.5, 1], [0, 1.5])).toBe(
      'none: the threshold is above what steps reach within 30 samples (tried: c0 up to 2800, c1 up to 2800)',
    )
    expect(stepsOf([0, 0], [0, 0])).toBe(
      'none: by the rules of events no step raises an event within 30 samples',
    )
  })

  it('names its switches', () => {
    expect(modelFacts({ ...INFO, switches: ['pump', 'valve'] })).toContainEqual([
      'switches',
      'pump, valve: two readings in the history',
    ])
  })

  it('has its members in a table below the facts: weight, skill, seconds and why', () => {
    const lines = formatModel({ info: INFO, detector: DETECTOR }, { model: 'm' }, 'table').split('\n')
    expect(lines.slice(lines.indexOf('') - 1)).toEqual([
      'model                 m',
      '',
      'member  weight  skill  learning  reason',
      '------  ------  -----  --------  ---------',
      'var-3   0.50    0.91   250 ms    dynamics',
      'pca-1   0.50           2 s       relations',
      '',
    ])
  })

  it('has them among the facts as CSV, and all numbers as JSON', () => {
    expect(formatModel({ info: INFO, detector: DETECTOR }, {}, 'csv')).toContain(
      'member var-3,"weight 0.50, skill 0.91, 250 ms: dynamics"\n',
    )
    expect(JSON.parse(formatModel({ info: INFO, detector: DETECTOR }, { model: 'm' }, 'json'))).toMatchObject(
      { ...INFO, model: 'm' },
    )
  })

  it('says of members of older models only why they are there', () => {
    const members = [{ name: 'var-3', reason: 'dynamics' }]
    expect(formatModel({ info: { ...INFO, members }, detector: DETECTOR }, {}, 'table')).toMatch(
      /^member var-3 +dynamics$/m,
    )
    expect(memberRows(members)).toEqual([
      { member: 'var-3', weight: null, skill: null, learning: null, reason: 'dynamics' },
    ])
  })

  it('says how scores become events, rule by rule, those of channels and maintenance only when there are any', () => {
    const rulesOf = (rules: EventOptions) =>
      modelFacts({ ...INFO, settings: { ...INFO.settings, events: checkEventOptions(rules) } }).filter(
        ([name]) => /^(events|counts|maintenance)/.test(name),
      )
    expect(rulesOf({})).toEqual([['events', 'open at the first flag, merged over gaps of 5 samples']])
    expect(
      rulesOf({
        mergeGap: 0,
        openCount: 3,
        openWithin: 5,
        closeBelow: 0.8,
        criticalScore: 4,
        minLength: 6,
        coolDown: 10,
        channels: {
          flow: { direction: 'above', minAbsolute: 2.5, minRelative: 0.05 },
          'a=b': { minAbsolute: 1 },
        },
        maintenance: [
          parseMaintenance('Sun 02:00-04:00', 'Europe/Berlin'),
          parseMaintenance('2024-01-01..2024-01-02'),
        ],
      }),
    ).toEqual([
      [
        'events',
        'open at 3 flags in 5 samples, open at once at a score of 4, stay open above 0.8, at least 6 samples long, cool-down of 10 samples',
      ],
      ['counts flow', 'above, deviation at least 2.5, deviation at least 5.0 %, from the expected value'],
      ['counts a=b', 'deviation at least 1, from the expected value'],
      ['maintenance', 'Sun 02:00 to 04:00 Europe/Berlin; 2024-01-01T00:00:00Z to 2024-01-02T00:00:00Z'],
    ])
  })

  it('has the threshold of each alignment', () => {
    const thresholds = modelFacts(INFO).filter(([name]) => name.startsWith('threshold'))
    expect(thresholds).toEqual([
      ['threshold, causal', '2 (quantile of 80 held-back scores)'],
      ['threshold, two-sided', '3 (tail of 90 held-back scores)'],
    ])
    const { causal } = INFO.calibration
    const facts = modelFacts({ ...INFO, calibration: { causal } }).map(([name]) => name)
    expect(facts.filter(name => name.startsWith('threshold'))).toEqual(['threshold, causal'])
  })

  it('prints only the upper bound when the interval includes zero', () => {
    const expectedAlarms = { expectedPerDay: 1, low: 0, high: 2, horizonDays: 7, confidence: 0.95 }
    const text = (of: object) => expectedAlarmFacts({ ...expectedAlarms, ...of } as never)[0][1]
    expect(text({})).toBe('expected 1/day; 95 % prediction interval over 7 d: at most 2/day')
    expect(text({ low: 1 / 7 })).toBe('expected 1/day; 95 % prediction interval over 7 d: 0.14/day to 2/day')
    expect(text({ high: 0 })).toBe('expected 1/day; 95 % prediction interval over 7 d: no alarm')
    expect(text({ aboveShare: 0.021 })).toBe(
      'expected 1/day; 95 % prediction interval over 7 d: at most 2/day; in alarm for 2.1 % of the normal time',
    )
  })
})
