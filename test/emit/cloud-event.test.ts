import { expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { anomalyEvent, endOf, endSoFar } from '../../src/emit/index.js'

const START = Date.UTC(2026, 0, 1)
const event: AnomalyEvent = {
  id: 'e1',
  start: 0,
  end: 3,
  onset: 0,
  peak: 1,
  times: { startMs: START, lastMs: START + 120_000, onsetMs: START, peakMs: START + 60_000 },
  score: 2,
  severity: 40,
  channels: [{ name: 'flow', share: 1 }],
} as AnomalyEvent
const messageOf = (type: 'opened' | 'updated' | 'closed') =>
  anomalyEvent({ device: 'p', model: 'm', timeKind: 'utc', stepMs: 60_000 }, { type, event })

it('has an end when it is closed; before, up to where it lasts so far', () => {
  const soFar = '2026-01-01T00:03:00.000Z'
  for (const type of ['opened', 'updated'] as const) {
    const { data } = messageOf(type)
    expect(data).toMatchObject({ last: soFar, start: '2026-01-01T00:00:00.000Z' })
    expect(data).not.toHaveProperty('end')
    expect(endSoFar(data as { last: string })).toBe(soFar)
  }
  expect(messageOf('closed').data).toMatchObject({ end: soFar })
  expect(messageOf('closed').data).not.toHaveProperty('last')
  expect(endOf(messageOf('opened')).data).toEqual(messageOf('closed').data)
})
