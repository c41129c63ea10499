import { request } from 'node:http'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { run } from '../../src/cli/run.js'
import { openStreamHealth } from '../../src/cli/stream-health.js'
import { createMetrics } from '../../src/observe/index.js'
import { linesOf, liveFrame, toNdjson, trainSmall } from '../live/program.js'
import { fakeIo, scratchFolder } from './world.js'

const { signal } = new AbortController()
const ask = async (url: string) => {
  const response = await fetch(url)
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') }
}

/** The status for a request with a host of its own choice. */
const statusFor = (url: string, host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(url, { headers: { host } }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })

describe('the health of a stream', () => {
  it('answers probes and gives the metrics', async () => {
    const metrics = createMetrics({ now: () => 0 })
    metrics.set('telltale_samples_scored_total', 7)
    const stop = new AbortController()
    let status: object | undefined
    const health = await openStreamHealth(0, metrics, stop.signal, () => status)
    onTestFinished(() => health.close())
    expect(await ask(`${health.url}/livez`)).toMatchObject({ status: 200, body: '{"status":"ok"}\n' })
    expect((await ask(`${health.url}/readyz`)).status).toBe(503)
    health.setReady()
    expect((await ask(`${health.url}/readyz?full`)).status).toBe(200)
    expect((await ask(`${health.url}/status`)).status).toBe(503)
    status = { state: 'running' }
    expect(await ask(`${health.url}/status`)).toMatchObject({ status: 200, body: '{"state":"running"}\n' })
    const { body, type } = await ask(`${health.url}/metrics`)
    expect(type).toContain('version=0.0.4')
    expect(body).toContain('telltale_samples_scored_total{model=""} 7')
    expect(body).toContain('process_resident_memory_bytes ')
    expect((await ask(`${health.url}/constructor`)).status).toBe(404)
    expect((await fetch(`${health.url}/livez`, { method: 'POST' })).status).toBe(405)
    stop.abort()
    expect((await ask(`${health.url}/readyz`)).status).toBe(503)
    expect(await statusFor(`${health.url}/metrics`, 'evil.example')).toBe(403)
  })

  it('refuses a port that is taken', async () => {
    const metrics = createMetrics({ now: () => 0 })
    const health = await openStreamHealth(0, metrics, signal, () => undefined)
    onTestFinished(() => health.close())
    await expect(
      openStreamHealth(Number(new URL(health.url).port), metrics, signal, () => undefined),
    ).rejects.toMatchObject({
      code: 'port-taken',
    })
  })

  it('counts what a running stream has scored', { timeout: 120_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const stdin = new PassThrough()
    const { io, printed } = fakeIo({ cwd, stdin })
    const ended = run(
      ['stream', '--model', 'model', '--events', 'e.jsonl', '--scores', 's.jsonl', '--health-port', '0'],
      io,
    )
    stdin.write(`${toNdjson(liveFrame(300)).join('\n')}\n`)
    const wait = { timeout: 60_000 }
    const url = await vi.waitUntil(() => /http:\/\/127\.0\.0\.1:\d+/.exec(printed.stderr)?.[0], wait)
    await vi.waitUntil(async () => (await ask(`${url}/readyz`)).status === 200, wait)
    const received = 'telltale_samples_received_total{source="stream"} 300\n'
    await vi.waitUntil(async () => (await ask(`${url}/metrics`)).body.includes(received), wait)
    stdin.end()
    expect(await ended).toBe(0)
    expect(linesOf(join(cwd, 's.jsonl')).length).toBe(300)
    await expect(fetch(`${url}/livez`)).rejects.toThrow()
  })
})
