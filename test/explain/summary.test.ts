import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { type Explanation, explainedEvent, saidOf } from '../../src/explain/index.js'

const summary = { kind: 'drift', verdict: 'sensor', reason: 'it grew', sentence: 'c 1, expected 2' }
const event: AnomalyEvent = {
  id: 'e1',
  start: 1,
  end: 3,
  onset: 1,
  peak: 2,
  times: { startMs: 1, lastMs: 2, onsetMs: 1, peakMs: 2 },
  score: 2,
  severity: 30,
  channels: [
    { name: 'a', share: 0.6 },
    { name: 'b', share: 0.3 },
    { name: 'c', share: 0.1 },
  ],
}
const channelsBy = (order: readonly string[]) =>
  explainedEvent(event, { summary, order }).channels.map(({ name, share }) => `${name} ${share}`)

describe('an explained event', () => {
  it('has the channels that explain it first, as the explanation ranks them', () => {
    const channels = ['b', 'c', 'a'].map(name => ({ name, explains: name !== 'a' }))
    const said = saidOf({ ...summary, channels } as unknown as Explanation)
    expect(said).toEqual({ summary, order: ['b', 'c'] })
    expect(channelsBy(said.order)).toEqual(['b 0.3', 'c 0.1', 'a 0.6'])
    expect(explainedEvent(event, { summary, order: ['c'] }).explanation).toEqual(summary)
  })

  it('has the channel that the sentence names first where none explains it', () => {
    const channels = ['c', 'a', 'b'].map(name => ({ name, explains: false }))
    expect(saidOf({ ...summary, channels } as unknown as Explanation).order).toEqual(['c'])
    expect(saidOf({ ...summary, channels: [] } as unknown as Explanation).order).toEqual([])
  })

  it('has the others by their shares, the largest first', () => {
    const mixed = { ...event, channels: [...event.channels].reverse() }
    expect(explainedEvent(mixed, { summary, order: ['b'] }).channels.map(({ name }) => name)).toEqual([
      'b',
      'a',
      'c',
    ])
    expect(channelsBy(['c'])).toEqual(['c 0.1', 'a 0.6', 'b 0.3'])
    expect(channelsBy([])).toEqual(['a 0.6', 'b 0.3', 'c 0.1'])
  })
})
