import { describe, expect, it } from 'vitest'
import { httpPlan } from '../../src/cli/http-sinks.js'
import type { StreamCommandOptions } from '../../src/cli/stream-options.js'
import { anomaly, output, receiver } from '../emit/receiver.js'
import { fakeIo } from './world.js'

const options = { grafanaToken: 'g', influxToken: 'i', publishScores: false } as StreamCommandOptions

describe('sinks over HTTP', () => {
  it('post to the path of their receiver with its token', async () => {
    const { received, host } = await receiver()
    for (const url of [
      `alertmanager+http://${host}`,
      `alertmanager+http://${host}/alerts/`,
      `grafana+http://${host}/sub`,
      `influx+http://${host}/api/v2/write?org=o&bucket=b`,
      `slack+http://${host}/services/T0/B0`,
      `http://${host}/hook`,
    ]) {
      const sink = await httpPlan(fakeIo().io, options, url).open(null)
      await sink.write([output(anomaly('opened'), anomaly('closed'))])
      await sink.drain(60_000)
      expect(sink.counts()).toEqual({ waiting: 0, lost: 0 })
      await sink.close()
    }
    expect([...new Set(received.map(({ path }) => path))]).toEqual([
      '/api/v2/alerts',
      '/alerts/api/v2/alerts',
      '/sub/api/annotations',
      '/api/v2/write?org=o&bucket=b&precision=ms',
      '/services/T0/B0',
      '/hook',
    ])
    const tokens = [...new Set(received.map(({ headers }) => headers.authorization))]
    expect(tokens).toEqual([undefined, 'Bearer g', 'Token i'])
  })

  it('do not show the secret path of Slack, and refuse unknown receivers', () => {
    const names = ['a', 'b'].map(
      path => httpPlan(fakeIo().io, options, `slack+https://hooks.example/${path}-secret`).name,
    )
    expect(names[0]).toMatch(/^slack\+https:\/\/hooks\.example\/[0-9a-f]{8}$/)
    expect(names[1]).not.toBe(names[0])
    for (const url of ['teams+https://x', 'influx+mqtt://x', 'slack+https://', 'ftp://x'])
      expect(() => httpPlan(fakeIo().io, options, url)).toThrow('alertmanager+https://')
  })
})
