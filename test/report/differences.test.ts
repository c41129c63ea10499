import { expect, it } from 'vitest'
import type { ModelInfo } from '../../src/model/index.js'
import { differences } from '../../src/report/index.js'

it('the differences of two models name members and channels, and say each fact once', () => {
  const info = (skill: number, level: number, names: string[]) =>
    ({
      members: names.map((name, k) => ({ name, skill, seconds: k })),
      calibration: {
        causal: { level, expectedAlarms: { high: level, warning: `support ${level} or more` } },
      },
      training: { timeKind: 'index', from: 0, to: 9 },
      smoothing: { scales: [4, level] },
    }) as unknown as ModelInfo
  expect(differences(info(0.5, 2, ['pca-1', 'var-3']), info(0.5, 3, ['var-3', 'pca-1']), ['a', 'b'])).toEqual(
    [
      { fact: 'calibration.causal.expectedAlarms.high', a: 2, b: 3 },
      { fact: 'calibration.causal.level', a: 2, b: 3 },
      { fact: 'smoothing.scales', a: '4, 2', b: '4, 3' },
    ],
  )
  expect(differences(info(0.5, 2, ['var-3']), info(0.6, 2, ['var-3', 'var-10']), ['a', 'b'])).toEqual([
    { fact: 'members.var-10.skill', a: null, b: 0.6 },
    { fact: 'members.var-3.skill', a: 0.5, b: 0.6 },
  ])
})

it('leaves out what follows from other facts, and shows times as times', () => {
  const info = (k: number) =>
    ({
      window: 30 * k,
      options: { window: 30 * k, seed: k },
      training: { timeKind: 'utc', from: 0, to: Date.UTC(2026, 4, k), rows: k },
      calibration: {
        causal: {
          steps: { channels: { flow: { levels: [k], sizes: [k] } } },
          expectedAlarms: { expectedPerDay: k, clusters: k, spanDays: k },
        },
      },
    }) as unknown as ModelInfo
  expect(differences(info(1), info(2), ['a', 'b'])).toEqual([
    { fact: 'calibration.causal.expectedAlarms.expectedPerDay', a: 1, b: 2 },
    { fact: 'options.seed', a: 1, b: 2 },
    { fact: 'training.rows', a: 1, b: 2 },
    { fact: 'training.to', a: '2026-05-01T00:00:00Z', b: '2026-05-02T00:00:00Z' },
    { fact: 'window', a: 30, b: 60 },
  ])
})
