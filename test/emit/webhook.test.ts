import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { coverageEvent, webhookSink } from '../../src/emit/index.js'
import { receiver } from './receiver.js'

const origin = { device: 'p', model: '0'.repeat(64), timeKind: 'utc', stepMs: 0 } as const
const eventAt = (timeMs: number) => coverageEvent(origin, { isLost: true, sinceMs: 0, timeMs })
const outputs = (...times: number[]) => [{ device: 'p', events: times.map(eventAt) }]

describe('a webhook', () => {
  it('posts signed CloudEvents in order, and again until they are taken', async () => {
    const { received, host } = await receiver([503, 429])
    const sink = webhookSink(`http://${host}/hook`, { secret: 'key', retryMs: 1 })
    await sink.write(outputs(1, 2))
    await sink.drain(5000)
    expect(received.map(({ body }) => JSON.parse(body).id)).toEqual([1, 1, 1, 2].map(t => eventAt(t).id))
    const { body, headers } = received[0]
    expect(headers['telltale-signature']).toBe(
      `sha256=${createHmac('sha256', 'key').update(body).digest('hex')}`,
    )
    expect(headers['content-type']).toMatch('application/cloudevents+json')
    expect(sink.counts()).toEqual({ waiting: 0, lost: 0 })
    await sink.close()
  })

  it('counts what the receiver refuses, and what is given up because too much waits', async () => {
    const { host } = await receiver([400])
    const refused = webhookSink(`http://${host}/hook`, { retryMs: 1 })
    await refused.write(outputs(1, 2))
    await refused.drain(5000)
    expect(refused.counts()).toEqual({ waiting: 0, lost: 1 })
    const unreachable = webhookSink('http://127.0.0.1:1/', { retryMs: 1, capacity: 3 })
    await unreachable.write(outputs(1, 2, 3, 4, 5))
    expect(unreachable.counts()).toEqual({ waiting: 3, lost: 2 })
    await unreachable.close()
  })

  it('counts what still waits as lost when nobody keeps it', async () => {
    const lost: string[] = []
    const down = webhookSink('http://127.0.0.1:1/', {
      retryMs: 1,
      onLost: ({ body }, reason) => lost.push(`${JSON.parse(body).id} ${reason}`),
    })
    await down.write(outputs(1, 2))
    await down.close('lost')
    expect(down.counts()).toEqual({ waiting: 0, lost: 2 })
    expect(lost).toEqual([1, 2].map(t => `${eventAt(t).id} ended`))
  })

  it('goes on with what was not delivered', async () => {
    const down = webhookSink('http://127.0.0.1:1/', { retryMs: 1 })
    await down.write(outputs(1, 2))
    const state = await down.state()
    await down.close()
    const { received, host } = await receiver([])
    const saved = JSON.parse(JSON.stringify(state).replaceAll('http://127.0.0.1:1/', `http://${host}/hook`))
    const up = webhookSink(`http://${host}/hook`, { retryMs: 1 }, saved)
    await up.drain(5000)
    expect(received.map(({ body }) => JSON.parse(body).id)).toEqual([1, 2].map(t => eventAt(t).id))
    await up.close()
  })
})
