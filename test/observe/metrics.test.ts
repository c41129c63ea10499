import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { METRICS } from '../../src/observe/catalogue.js'
import { createMetrics, NO_METRICS, type Span } from '../../src/observe/index.js'
import { MOST_SERIES } from '../../src/observe/metrics.js'

/** A clock that is set by hand. */
function world() {
  const clock = { ms: 0 }
  const spans: Span[] = []
  const metrics = createMetrics({ now: () => clock.ms, onSpan: span => void spans.push(span) })
  const seriesOf = (name: string) => metrics.families().find(family => family.name === name)?.series
  return { clock, spans, metrics, seriesOf }
}

describe('the catalogue of metrics', () => {
  it('has none that nothing sets', () => {
    const src = join(import.meta.dirname, '../../src')
    const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && !file.endsWith('observe/catalogue.ts'))
      .map(file => readFileSync(join(src, file), 'utf8'))
      .join('\n')
    expect(Object.keys(METRICS).filter(name => !code.includes(`'${name}'`))).toEqual([])
  })
})

describe('createMetrics', () => {
  it('adds to counters and sets gauges, a series for each set of labels', () => {
    const { metrics, seriesOf } = world()
    metrics.add('telltale_samples_scored_total', 2, { model: 'a' })
    metrics.add('telltale_samples_scored_total', 3, { model: 'a' })
    metrics.add('telltale_samples_scored_total', 1, { model: 'b' })
    metrics.add('telltale_samples_scored_total', -5, { model: 'b' })
    metrics.set('telltale_queue_depth', 7, { source: 's' })
    metrics.set('telltale_queue_depth', 4, { source: 's' })
    expect(seriesOf('telltale_samples_scored_total')).toEqual([
      { labels: { model: 'a' }, value: 5 },
      { labels: { model: 'b' }, value: 1 },
    ])
    expect(seriesOf('telltale_queue_depth')).toEqual([{ labels: { source: 's' }, value: 4 }])
  })

  it('times work that returns, and gives back what it gave', () => {
    const { clock, spans, metrics, seriesOf } = world()
    const result = metrics.time('score', () => {
      clock.ms += 250
      return 42
    })
    expect(result).toBe(42)
    expect(spans).toEqual([{ stage: 'score', seconds: 0.25, ok: true }])
    expect(seriesOf('telltale_stage_duration_seconds')?.[0].summary).toMatchObject({ count: 1, sum: 0.25 })
  })

  it('times a promise until it settles', async () => {
    const { clock, spans, metrics } = world()
    const timed = metrics.time('read', async () => {
      await Promise.resolve()
      clock.ms += 1000
      return 'table'
    })
    expect(spans).toEqual([])
    expect(await timed).toBe('table')
    expect(spans).toEqual([{ stage: 'read', seconds: 1, ok: true }])
  })

  it('counts a stage that fails, and passes its error on', async () => {
    const { metrics, spans, seriesOf } = world()
    const fail = () => {
      throw new Error('no')
    }
    expect(() => metrics.time('read', fail)).toThrow('no')
    await expect(metrics.time('read', async () => fail())).rejects.toThrow('no')
    expect(spans.map(({ ok }) => ok)).toEqual([false, false])
    expect(seriesOf('telltale_stage_errors_total')).toEqual([{ labels: { stage: 'read' }, value: 2 }])
  })

  it('takes a clock that goes backwards for no time', () => {
    const { clock, metrics, spans } = world()
    metrics.time('score', () => {
      clock.ms -= 500
    })
    expect(spans[0].seconds).toBe(0)
  })

  it('keeps a bounded number of series and counts the others', () => {
    const { metrics, seriesOf } = world()
    for (let i = 0; i < MOST_SERIES + 5; i++) metrics.set('telltale_score', i, { device: String(i) })
    expect(seriesOf('telltale_score')).toHaveLength(MOST_SERIES)
    expect(seriesOf('telltale_series_dropped_total')).toEqual([
      { labels: { metric: 'telltale_score' }, value: 5 },
    ])
  })
})

describe('NO_METRICS', () => {
  it('runs the work and keeps nothing', () => {
    NO_METRICS.add('telltale_samples_scored_total', 1)
    expect(NO_METRICS.time('score', () => 1)).toBe(1)
    expect(NO_METRICS.families()).toEqual([])
  })
})
