import { describe, expect, it } from 'vitest'
import { assess, createMetrics, type Metrics, type Snapshot } from '../../src/observe/index.js'

const AT = Date.parse('2024-01-01T00:00:05.000Z')

function assessed(
  fill: (metrics: Metrics, clock: { ms: number }) => void,
  job: Partial<Snapshot['job']> = {},
  nowMs = AT,
  isAlive?: boolean,
) {
  const clock = { ms: 0 }
  const metrics = createMetrics({ now: () => clock.ms })
  fill(metrics, clock)
  const facts: Snapshot['job'] = {
    command: 'detect',
    version: '1.0.0',
    pid: 5,
    host: 'h',
    startedAt: '2024-01-01T00:00:00.000Z',
    updatedAt: '2024-01-01T00:00:05.000Z',
    seconds: 5,
    state: 'finished',
    exitCode: 0,
    everySeconds: 5,
    slow: {},
    totalMemoryBytes: 1000,
    ...job,
  }
  return assess(
    { format: 'telltale-metrics', formatVersion: 1, job: facts, metrics: metrics.families() },
    nowMs,
    isAlive,
  )
}
const texts = (fill: Parameters<typeof assessed>[0]) =>
  assessed(fill).findings.map(({ level, text }) => `${level}: ${text}`)

describe('assess', () => {
  it('finds nothing in a healthy job, and names what it could not see', () => {
    const all = assessed((metrics, clock) => {
      metrics.set('telltale_peak_memory_bytes', 100)
      metrics.set('nodejs_eventloop_lag_p99_seconds', 0.01)
      metrics.set('telltale_coverage_ratio', 1)
      metrics.set('telltale_queue_depth', 3, { source: 's' })
      for (let i = 0; i < 20; i++) metrics.time('score', () => void (clock.ms += 10))
    })
    expect(all).toEqual({ score: 100, verdict: 'excellent', findings: [], unseen: ['GPU: none is used'] })
    expect(assessed(() => {}).unseen).toEqual([
      'GPU: none is used',
      'memory',
      'stages',
      'event loop',
      'coverage',
      'queues',
    ])
  })

  it('assesses memory by the share of what the machine gives', () => {
    const peak = (bytes: number) => texts(metrics => metrics.set('telltale_peak_memory_bytes', bytes))
    expect(peak(600)).toEqual([])
    expect(peak(610)).toEqual(['advice: memory was at 61 % of what the machine gives'])
    expect(peak(900)).toEqual(['issue: memory was at 90 % of what the machine gives'])
  })

  it('assesses the mean and the longest of stages that ran at least 20 times', () => {
    const run = (count: number, ms: number, last = ms) =>
      texts((metrics, clock) => {
        for (let i = 0; i < count; i++)
          metrics.time('score', () => void (clock.ms += i === count - 1 ? last : ms))
      })
    expect(run(19, 2000)).toEqual([])
    expect(run(20, 2000)).toEqual(['issue: score takes 2.0 s on average'])
    expect(run(50, 10, 900)).toEqual([])
    expect(run(50, 10, 2000)).toEqual(['issue: score once took 2.0 s, 40 times the mean'])
  })

  it('assesses lag, coverage, queues, limits and errors', () => {
    const found = texts(metrics => {
      metrics.set('nodejs_eventloop_lag_p99_seconds', 0.2)
      metrics.set('telltale_coverage_ratio', 0.9, { model: 'm' })
      metrics.set('telltale_queue_depth', 5000, { source: 'mqtt' })
      metrics.add('telltale_slow_operations_total', 2, { stage: 'read' })
      metrics.add('telltale_errors_total', 1, { code: 'bug' })
    })
    expect(found).toEqual([
      'advice: the event loop was late by 200 ms (99 % quantile)',
      'issue: 10.0 % of the samples of m have no score',
      'advice: 5000 messages wait in mqtt',
      'issue: read took longer than its limit 2 times',
      'issue: error bug: 1',
    ])
  })

  it('scores 100 less 15 for each issue and 10 for each kind of error, with four verdicts', () => {
    const withErrors = (count: number) =>
      assessed(metrics => {
        for (let i = 0; i < count; i++) metrics.add('telltale_errors_total', 1, { code: String(i) })
      })
    expect([1, 2, 3, 9].map(count => [withErrors(count).score, withErrors(count).verdict])).toEqual([
      [75, 'good'],
      [50, 'poor'],
      [25, 'poor'],
      [0, 'poor'],
    ])
  })

  it('notices a job that was killed or went silent, and not one whose clock was set back', () => {
    const running = (nowMs: number, isAlive?: boolean) =>
      assessed(() => {}, { state: 'running', exitCode: null }, nowMs, isAlive).findings.map(
        ({ text }) => text,
      )
    expect(running(AT + 1000, true)).toEqual([])
    expect(running(AT - 3_600_000, true)).toEqual([])
    expect(running(AT + 1000, false)).toEqual([
      'process 5 is gone without a last snapshot: it was probably killed',
    ])
    expect(running(AT + 60_000, true)).toEqual(['no snapshot for 60 s, one every 5 s was due'])
  })
})
