import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createError } from '../../src/core/errors.js'
import { metricsOptions, NO_METRICS, readSnapshot, startJob } from '../../src/observe/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-job-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function start(settings: Parameters<typeof metricsOptions.parse>[0]) {
  const clock = { ms: 1000 }
  const warnings: unknown[][] = []
  const log = { warn: (...args: unknown[]) => void warnings.push(args) }
  const job = startJob({
    command: 'detect',
    settings: metricsOptions.parse(settings),
    log: log as never,
    now: () => clock.ms,
  })
  return { clock, warnings, job }
}

describe('startJob', () => {
  it('measures nothing unless an option asks for it', async () => {
    expect((await start({}).job).metrics).toBe(NO_METRICS)
  })

  it('writes a snapshot at once and a last one, which says how the run ended', async () => {
    const file = join(folder, 'job.json')
    const { clock, job } = start({ file })
    const { metrics, end } = await job
    expect((await readSnapshot(file)).job).toMatchObject({
      command: 'detect',
      state: 'running',
      exitCode: null,
    })
    metrics.add('telltale_samples_scored_total', 3, { model: 'm' })
    clock.ms += 2000
    await end({ exitCode: 10 })
    const { job: facts, metrics: families } = await readSnapshot(file)
    expect(facts).toMatchObject({ state: 'finished', exitCode: 10, seconds: 2, pid: process.pid })
    expect(families.find(({ name }) => name === 'telltale_samples_scored_total')?.series[0].value).toBe(3)
    expect(
      families.find(({ name }) => name === 'telltale_peak_memory_bytes')?.series[0].value,
    ).toBeGreaterThan(1e6)
    expect(readdirSync(folder)).toEqual(['job.json'])
  })

  it('names the error of a run that failed', async () => {
    const file = join(folder, 'job.json')
    const { end } = await start({ file }).job
    await end({ error: createError('file-not-found', { file: 'x' }) })
    const { job, metrics } = await readSnapshot(file)
    expect(job).toMatchObject({ state: 'failed', exitCode: null })
    expect(metrics.find(({ name }) => name === 'telltale_errors_total')?.series).toEqual([
      { labels: { code: 'file-not-found' }, value: 1 },
    ])
  })

  it('warns of stages above their limit, at most once in ten seconds, and counts all', async () => {
    const { clock, warnings, job } = start({ slow: ['score=500ms'] })
    const { metrics } = await job
    const score = (ms: number) =>
      metrics.time('score', () => {
        clock.ms += ms
      })
    score(400)
    expect(warnings).toEqual([])
    for (let i = 0; i < 3; i++) score(600)
    expect(warnings).toEqual([[{ stage: 'score', seconds: 0.6, limit: 0.5 }, 'slow operation']])
    clock.ms += 10_000
    score(600)
    expect(warnings[1]).toEqual([
      { stage: 'score', seconds: 0.6, limit: 0.5, notLogged: 2 },
      'slow operation',
    ])
    const slow = metrics.families().find(({ name }) => name === 'telltale_slow_operations_total')
    expect(slow?.series[0].value).toBe(4)
  })

  it('says once that a snapshot cannot be written, and goes on', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { warnings, job } = start({ file: join(folder, 'file', 'job.json') })
    await (await job).end({ exitCode: 0 })
    expect(warnings).toEqual([
      [{ reason: expect.stringContaining('cannot be written') }, 'the metrics cannot be written'],
    ])
  })

  it('writes the text format of Prometheus and CSV by the ending', async () => {
    for (const [ending, start_] of [
      ['prom', '# HELP telltale_build_info'],
      ['csv', 'metric,labels,field,value\n'],
    ]) {
      const file = join(folder, `job.${ending}`)
      await (await start({ file }).job).end({ exitCode: 0 })
      expect(readFileSync(file, 'utf8').startsWith(start_)).toBe(true)
    }
  })

  it('sends spans to OpenTelemetry', async () => {
    const { trace } = await import('@opentelemetry/api')
    const spans: [string, number][] = []
    const getTracer = vi.spyOn(trace, 'getTracer').mockReturnValue({
      startSpan: (name: string, { startTime }: { startTime: number }) => ({
        setStatus() {},
        end: (endTime: number) => void spans.push([name, endTime - startTime]),
      }),
    } as never)
    const { clock, job } = start({ otel: true })
    ;(await job).metrics.time('fit', () => {
      clock.ms += 250
    })
    getTracer.mockRestore()
    expect(spans).toEqual([['telltale.fit', 250]])
  })
})
