import { describe, expect, it } from 'vitest'
import { httpSink, slackFormat } from '../../src/emit/index.js'
import { anomaly, output, receiver } from './receiver.js'

describe('an HTTP sink', () => {
  it('sends the user of the URL as basic authentication, and tries again until it is taken', async () => {
    const { received, host } = await receiver([502])
    const sink = httpSink(`http://me:a%20b@${host}/x`, slackFormat(), { retryMs: 1 })
    await sink.write([output(anomaly('opened'))])
    await sink.drain(60_000)
    expect(received.map(({ path }) => path)).toEqual(['/x', '/x'])
    expect(received[1].headers.authorization).toBe(`Basic ${Buffer.from('me:a b').toString('base64')}`)
    expect(received[1].body).toBe(received[0].body)
    expect(sink.counts()).toEqual({ waiting: 0, lost: 0 })
    expect(JSON.stringify(await sink.state())).not.toContain('a%20b')
    await sink.close()
  })
})
