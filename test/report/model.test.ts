import { describe, expect, it } from 'vitest'
import type { ModelInfo } from '../../src/model/index.js'
import { formatModel, memberRows, modelFacts, promiseFacts } from '../../src/report/index.js'

const INFO: ModelInfo = {
  kind: 'auto',
  members: [
    { name: 'var-3', reason: 'dynamics', weight: 0.5, skill: 0.914, seconds: 0.25 },
    { name: 'pca-1', reason: 'relations', weight: 0.5, skill: null, seconds: 2 },
  ],
  createdAt: '2024-01-01T00:00:00.000Z',
  versions: { telltale: '0.1.0', node: '20', kernels: 'plain' },
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
    parts: { train: { start: 0, end: 80 } },
    epochs: null,
    bestEpoch: null,
    bestValidationLoss: null,
    seconds: 3,
  },
  calibration: { samples: 80, method: 'threshold:quantile', level: 2 },
}

describe('a model for people', () => {
  it('has its members in a table below the facts: weight, skill, seconds and why', () => {
    const lines = formatModel(INFO, { model: 'm' }, 'table').split('\n')
    expect(lines.slice(lines.indexOf('') - 1)).toEqual([
      'model       m',
      '',
      'member  weight  skill  learning  reason',
      '------  ------  -----  --------  ---------',
      'var-3   0.50    0.91   250 ms    dynamics',
      'pca-1   0.50           2.0 s     relations',
      '',
    ])
  })

  it('has them among the facts as CSV, and all numbers as JSON', () => {
    expect(formatModel(INFO, {}, 'csv')).toContain(
      'member var-3,"weight 0.50, skill 0.91, 250 ms: dynamics"\n',
    )
    expect(JSON.parse(formatModel(INFO, { model: 'm' }, 'json'))).toMatchObject({ ...INFO, model: 'm' })
  })

  it('says of members of older models only why they are there', () => {
    const members = [{ name: 'var-3', reason: 'dynamics' }]
    expect(formatModel({ ...INFO, members }, {}, 'table')).toMatch(/^member var-3 +dynamics$/m)
    expect(memberRows(members)).toEqual([
      { member: 'var-3', weight: null, skill: null, learning: null, reason: 'dynamics' },
    ])
  })

  it('says how scores become events, rule by rule, those of channels and maintenance only when there are any', () => {
    const rulesOf = (options: ModelInfo['options']) =>
      modelFacts({ ...INFO, options }).filter(([name]) => /^(events|counts|maintenance)/.test(name))
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
        directionByChannel: ['flow=above'],
        minAbsoluteByChannel: ['flow=2.5', 'a=b=1'],
        minRelativeByChannel: ['flow=0.05'],
        maintenance: ['Sun 02:00-04:00', '2024-01-01..2024-01-02'],
        timeZone: 'Europe/Berlin',
      }),
    ).toEqual([
      [
        'events',
        'open at 3 flags in 5 samples, open at once at a score of 4, stay open above 0.8, at least 6 samples long, cool-down of 10 samples',
      ],
      [
        'counts flow',
        'above, deviation at least 2.5, deviation at least 5.0 %, from the median of the history',
      ],
      ['counts a=b', 'deviation at least 1, from the median of the history'],
      ['maintenance', 'Sun 02:00-04:00; 2024-01-01..2024-01-02 (Europe/Berlin where no zone is named)'],
    ])
  })

  it('prints only the upper bound when the interval includes zero', () => {
    const promise = { expectedPerDay: 1, low: 0, high: 2, horizonDays: 7, confidence: 0.95 }
    const text = (of: object) => promiseFacts({ ...promise, ...of } as never)[0][1]
    expect(text({})).toBe('expected 1/day; 95 % prediction interval over 7 d: at most 2/day')
    expect(text({ low: 1 / 7 })).toBe('expected 1/day; 95 % prediction interval over 7 d: 1/week to 2/day')
  })
})
