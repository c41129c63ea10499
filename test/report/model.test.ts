import { describe, expect, it } from 'vitest'
import type { ModelInfo } from '../../src/pipeline/index.js'
import { formatModel, memberRows } from '../../src/report/index.js'

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
})
