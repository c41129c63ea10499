import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { intervalsOf } from '../../src/evaluate/index.js'
import { evaluateModel } from '../../src/pipeline/index.js'
import type { Job } from '../../src/serve/contract/index.js'
import { labelsIn } from '../../src/serve/scoring/marked.js'
import {
  closeTestServer,
  MODEL,
  messagesOf,
  openTestServer,
  PLANT,
  rowsOf,
  type TestServer,
} from './plant.js'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => closeTestServer(server))

const times = Array.from(PLANT.test.timeMs)
const stepMs = times[1] - times[0]
const labels = Array.from(PLANT.labels, Number)
const marked = intervalsOf(labels).map(({ start, end }) => ({
  fromMs: times[start],
  toMs: times[end - 1] + stepMs,
}))
const body = { rows: rowsOf(PLANT.test, 0, 1500), times }
const evaluate = (more: object) => server.ask('POST', '/api/v1/models/pump/evaluate', { ...body, ...more })
const expected = JSON.parse(
  JSON.stringify(
    await evaluateModel(MODEL, PLANT.test, PLANT.labels, {
      resamples: 20,
      sweep: true,
      seed: 1,
      metrics: { inflated: false },
    }),
  ),
)

describe('labelsIn', () => {
  it('marks the samples of intervals that may overlap, the end left out', () => {
    const timeMs = Float64Array.from({ length: 8 }, (_, i) => i)
    const intervals = [
      { fromMs: 5, toMs: 6 },
      { fromMs: 0.5, toMs: 3 },
      { fromMs: 2, toMs: 2.5 },
    ]
    expect(Array.from(labelsIn({ timeMs }, intervals))).toEqual([0, 1, 1, 0, 0, 1, 0, 0])
  })
})

describe('evaluate', () => {
  it('gives the figures of `evaluateModel`, from labels and from intervals', async () => {
    const options = { resamples: 20, sweep: true }
    for (const truth of [{ labels }, { intervals: marked }]) {
      const { status, json } = await evaluate({ ...truth, options })
      expect(status).toBe(200)
      expect(json).toEqual({ model: 'pump@1', rows: expected.rows, sweep: expected.sweep })
    }
  })

  it('takes a threshold', async () => {
    const { json } = await evaluate({ labels, options: { threshold: 1000, resamples: 0 } })
    expect(json.rows[0].evaluation.confusion.truePositives).toBe(0)
  })

  it.each([
    ['nothing to compare with', {}, 422, 'body'],
    ['labels and intervals', { labels, intervals: marked }, 422, 'body'],
    ['an unknown option', { labels, options: { quantil: 1 } }, 422, 'body/options/quantil'],
    ['a wrong value', { labels, options: { quantile: 2 } }, 422, 'body/options/quantile'],
    ['a label that is none', { labels: [2] }, 422, 'body/labels/0'],
    ['an empty interval', { intervals: [{ fromMs: 5, toMs: 5 }] }, 422, 'body/intervals/0'],
    ['intervals beside the series', { intervals: [{ fromMs: 5, toMs: 6 }] }, 422, 'body/intervals'],
  ])('refuses %s', async (_, more, status, where) => {
    const answer = await evaluate(more)
    expect({ status: answer.status, where: answer.json.where }).toEqual({ status, where })
  })

  it('refuses labels of another number, and thresholds that are mutually exclusive', async () => {
    expect((await evaluate({ labels: [0, 1] })).json).toMatchObject({ status: 422, code: 'labels-length' })
    const { json } = await evaluate({ labels, options: { quantile: 0.9, thresholdFactor: 3 } })
    expect(json.status).toBe(400)
  })
})

describe('an evaluation of a data set', () => {
  const csv = [
    `time,${PLANT.test.channels.join()},fault`,
    ...body.rows.map((row, i) => `${new Date(times[i]).toISOString()},${row.join()},${labels[i]}`),
  ].join('\n')
  const start = (more: object) =>
    server.ask('POST', '/api/v1/evaluations', { model: 'pump', dataset: 'labelled', ...more })
  const ended = (id: string) =>
    new Promise<Job>(resolve => {
      const look = (job: Job) => void (job.endedMs !== null && resolve(job))
      server.services.jobs.watch(id, look)
      look(server.services.jobs.get(id))
    })
  beforeAll(async () => {
    await server.ask('PUT', '/api/v1/datasets/labelled', csv, { headers: { 'content-type': 'text/csv' } })
  })

  it.each([
    ['a column of labels', { labelColumn: 'fault' }],
    ['intervals', { intervals: marked }],
  ])('is a job, and has the figures of `evaluateModel`: %s', async (_, truth) => {
    const { status, headers, json } = await start({ ...truth, options: { resamples: 20, sweep: true } })
    expect({ status, location: headers.location }).toEqual({
      status: 202,
      location: `/api/v1/jobs/${json.id}`,
    })
    const job = await ended(json.id)
    expect(job).toMatchObject({ kind: 'evaluation', state: 'done', error: null })
    const found = (await server.ask('GET', job.result as string)).json
    expect(found).toEqual({ model: 'pump@1', rows: expected.rows, sweep: expected.sweep })
  })

  it('fails with the reason when the table has no such column', async () => {
    const job = await ended((await start({ labelColumn: 'falt' })).json.id)
    expect(job).toMatchObject({ state: 'failed', result: null })
    expect(job.error?.remedy).toContain('fault')
    expect(JSON.stringify(job.error)).not.toContain(server.folder)
  })

  it.each([
    ['an unknown data set', { dataset: 'labeled' }, 404, 'name-unknown'],
    ['an unknown model', { model: 'pumb' }, 404, 'model-unknown'],
    ['an unknown option', { options: { x: 1 } }, 422, 'request-invalid'],
  ])('is refused with %s', async (_, more, status, code) => {
    const answer = await start(more)
    expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code })
  })

  it('has no address of another form', async () => {
    for (const id of ['..%2fapi-keys', 'x'.repeat(36), '0'.repeat(36)])
      expect((await server.ask('GET', `/api/v1/evaluations/${id}`)).json.code).toBe('name-unknown')
  })

  it('is forgotten with its job', async () => {
    const { evaluations, jobs } = server.services
    const [job] = jobs.list().filter(({ state, kind }) => state === 'done' && kind === 'evaluation')
    const file = join(server.folder, 'data', 'evaluations', `${job.id}.json`)
    expect(existsSync(file)).toBe(true)
    await evaluations.forget(job)
    expect(existsSync(file)).toBe(false)
  })
})

describe('an evaluation of a device', () => {
  const evaluateDevice = (more: object) => server.ask('POST', '/api/v1/devices/plant:e/evaluate', { ...more })
  beforeAll(async () => {
    await server.ask('POST', '/api/v1/streams', { name: 'plant', model: 'pump' })
    await server.ask('POST', '/api/v1/streams/plant/messages', messagesOf(PLANT.test, 'e'), {
      headers: { 'content-type': 'application/x-ndjson' },
    })
    await server.services.streams.stop('plant')
  })

  it('compares what was raised with intervals', async () => {
    const { status, json } = await evaluateDevice({ intervals: marked, options: { resamples: 0 } })
    expect(status).toBe(200)
    const [{ evaluation }] = json.rows
    expect(evaluation.samples + evaluation.unscored).toBe(1500)
    expect(evaluation.events).toBe(marked.length)
    expect(evaluation.metrics['event-recall']).toBeGreaterThanOrEqual(0.5)
  })

  it('compares with the events that feedback confirmed, and needs one', async () => {
    expect((await evaluateDevice({})).json).toMatchObject({ status: 422, where: 'body/intervals' })
    const { items } = (await server.ask('GET', '/api/v1/events?device=plant:e')).json
    await server.ask('POST', `/api/v1/events/${encodeURIComponent(items[0].id)}/feedback`, {
      verdict: 'confirmed',
    })
    const { json } = await evaluateDevice({})
    expect(json.rows[0].evaluation).toMatchObject({ events: 1, metrics: { 'event-recall': 1 } })
  })

  it('refuses a range without samples, and a device that is not there', async () => {
    expect((await evaluateDevice({ fromMs: 0, toMs: 1 })).json).toMatchObject({ status: 422, where: 'body' })
    expect((await server.ask('POST', '/api/v1/devices/plant:f/evaluate', {})).json.code).toBe('name-unknown')
  })
})
