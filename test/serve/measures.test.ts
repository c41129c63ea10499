import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { METRICS } from '../../src/observe/index.js'
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
  server = await openTestServer({ deviceMetrics: true })
  await server.ask('POST', '/api/v1/streams', { name: 'plant', model: 'pump' })
  await server.ask('POST', '/api/v1/streams/plant/messages', messagesOf(PLANT.test, 'p7', 0, 400), {
    headers: { 'content-type': 'application/x-ndjson' },
  })
  await server.services.streams.stop('plant')
})
afterAll(() => closeTestServer(server))

/** Values by the series, as a client of Prometheus reads them. */
async function series(own = server): Promise<Map<string, number>> {
  const { status, text } = await own.ask('GET', '/metrics')
  expect(status).toBe(200)
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const found = lines.map(line => {
    const at = line.lastIndexOf(' ')
    return [line.slice(0, at), Number(line.slice(at + 1))] as const
  })
  expect(new Set(found.map(([name]) => name)).size).toBe(found.length)
  return new Map(found)
}

describe('/metrics', () => {
  it('is the text format of Prometheus, with names of the catalogue only', async () => {
    const { headers, text } = await server.ask('GET', '/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type])
    expect(names.length).toBeGreaterThan(15)
    for (const [name, type] of names) expect(METRICS[name as keyof typeof METRICS]?.type).toBe(type)
  })

  it('counts what a stream brought', async () => {
    const found = await series()
    const scored = found.get('telltale_samples_scored_total{model="pump"}') as number
    const unscored = found.get('telltale_samples_dropped_total{source="plant",reason="warm-up"}') ?? 0
    const { events } = server.services.streams.get('plant')
    expect(found.get('telltale_samples_received_total{source="plant"}')).toBe(400)
    expect(scored).toBeGreaterThan(300)
    expect(scored + unscored).toBe(400)
    expect(found.get('telltale_coverage_ratio{model="pump"}')).toBeCloseTo(scored / 400, 12)
    expect(events).toBeGreaterThan(0)
    expect(found.get('telltale_events_total{model="pump",severity="",kind="anomaly"}')).toBe(events)
    expect(found.get('telltale_stream_state_entries{model="pump"}')).toBe(1)
    expect(found.get('telltale_score{model="pump",device="plant:p7"}')).toBe(
      server.services.keep.devices.get('plant:p7')?.score,
    )
    expect(found.get('telltale_end_to_end_lag_seconds_count')).toBeGreaterThan(0)
  })

  it('counts windows of requests, their time and errors', async () => {
    const before = await series()
    const rows = MODEL.detector.windowLength
    const windows = [rowsOf(PLANT.test, 0, rows), rowsOf(PLANT.test, 1, rows + 1), rowsOf(PLANT.test, 0, 3)]
    await server.ask('POST', '/api/v1/models/pump/score', { windows })
    await server.ask('POST', '/api/v1/models/pomp/score', { windows })
    const after = await series()
    const change = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
    expect(change('telltale_samples_scored_total{model="pump"}')).toBe(2)
    expect(change('telltale_errors_total{code="model-unknown"}')).toBe(1)
    const route = 'method="POST",route="/api/v1/models/:model/score"'
    expect(change(`telltale_http_request_duration_seconds_count{${route},status="200"}`)).toBe(1)
    expect(change(`telltale_http_request_duration_seconds_count{${route},status="404"}`)).toBe(1)
    expect(change('telltale_inference_duration_seconds_count')).toBeGreaterThan(0)
  })

  it('names the model and the process', async () => {
    const found = await series()
    const info = [...found.keys()].find(name => name.startsWith('telltale_model_info'))
    expect(info).toMatch(/^telltale_model_info\{model="pump",version="1",sha256="[0-9a-f]{64}"\}$/)
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect([...found.keys()].some(name => name.startsWith('telltale_build_info{version='))).toBe(true)
  })

  it('needs a key unless it is opened, and then answers every host; devices only where they are asked for', async () => {
    const ask = (own: TestServer) =>
      own.ask('GET', '/metrics', undefined, { role: 'none', headers: { host: '10.0.0.7:8080' } })
    expect((await server.ask('GET', '/metrics', undefined, { role: 'none' })).json.code).toBe('key-needed')
    expect((await ask(server)).status).toBe(421)
    const open = await openTestServer({ openMetrics: true })
    try {
      const { status, text } = await ask(open)
      expect(status).toBe(200)
      expect(text).not.toContain('telltale_score')
    } finally {
      await closeTestServer(open)
    }
  })
})
