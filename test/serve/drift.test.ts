import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DeviceDetail, Drift, LiveDrift, Overview } from '../../src/serve/contract/index.js'
import { closeTestServer, messagesOf, openTestServer, PLANT, type TestServer } from './plant.js'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => closeTestServer(server))

const NDJSON = { headers: { 'content-type': 'application/x-ndjson' } }

it('a stream that watches for drift tells those who listen, and counts it', async () => {
  const name = PLANT.test.channels[0]
  const plan = { name: 'watched', model: 'pump', watchDrift: [name], watchMethod: 'adwin', watchBlock: 5 }
  expect((await server.ask('POST', '/api/v1/streams', plan)).status).toBe(201)
  const heard: LiveDrift[] = []
  server.services.live.watch(undefined, ({ type, data }) => void (type === 'drift' && heard.push(data)))
  const elsewhere = messagesOf(PLANT.test, 'p7', 0, 1200)
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const message = JSON.parse(line)
      return JSON.stringify({ ...message, [name]: message[name] + 1000 })
    })
  await server.ask('POST', '/api/v1/streams/watched/messages', elsewhere.join('\n'), NDJSON)
  await server.services.streams.stop('watched')
  const shown = (await server.ask('GET', '/api/v1/devices/watched%3Ap7')).json as DeviceDetail
  expect(shown).toMatchObject({ watchesDrift: true, drifts: [{ signal: name, method: 'adwin' }] })
  expect(shown.drifts[0].after).toBeGreaterThan(900)
  expect(shown.drifts[0]).toMatchObject({ verdict: 'check sensor', reason: expect.stringContaining(name) })
  const { devices } = (await server.ask('GET', '/api/v1/overview')).json as Overview
  expect(devices.find(({ id }) => id === 'watched:p7')?.drift).toBe('check sensor')
  const checked = (await server.ask('GET', '/api/v1/devices/watched%3Ap7/drift')).json as Drift
  expect(checked).toMatchObject({
    drifted: true,
    verdict: 'check sensor',
    reason: expect.stringContaining(name),
  })
  // A stream that starts again remembers.
  await server.services.streams.start('watched')
  const again = (await server.ask('GET', '/api/v1/devices/watched%3Ap7')).json as DeviceDetail
  expect(again.drifts).toEqual(shown.drifts)
  await server.services.streams.stop('watched')
  expect(heard[0]).toMatchObject({ device: 'watched:p7', change: 'opened', signal: name, method: 'adwin' })
  expect(heard[0].after).toBeGreaterThan(900)
  expect(heard[0].sinceMs).toBe(PLANT.test.timeMs[0])
  expect((await server.ask('GET', '/metrics')).text).toMatch(/telltale_events_total\{.*kind="drift".*\} 1/)
  expect(server.services.keep.devices.get('watched:p7')?.isSilent).toBe(false)
})

it('a plan that watches what is no channel is refused', async () => {
  const { status, text } = await server.ask('POST', '/api/v1/streams', {
    name: 'wrong',
    model: 'pump',
    watchDrift: ['flwo'],
  })
  expect([status, text]).toEqual([expect.any(Number), expect.stringContaining('watchDrift')])
  expect(status).toBeLessThan(500)
})
