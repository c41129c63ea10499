import { describe, expect, it } from 'vitest'
import { grafanaFormat } from '../../src/emit/index.js'
import { anomaly, coverage, output } from './receiver.js'

describe('annotations of Grafana', () => {
  it('are one region for an event that is over', () => {
    const format = grafanaFormat('secret')
    const events = [anomaly('opened'), anomaly('updated'), anomaly('closed'), coverage(false, 9, 'flow')]
    const bodies = Array.from(format.bodies([output(...events)]), body => JSON.parse(body))
    expect(bodies).toEqual([
      {
        time: Date.UTC(2024, 0, 1),
        timeEnd: Date.UTC(2024, 0, 1, 0, 1),
        tags: ['telltale', 'anomaly', 'device:pump <1>'],
        text: 'Anomaly of pump <1> from 2024-01-01T00:00:00.000Z to 2024-01-01T00:01:00.000Z, severity 50, channels flow.',
      },
      {
        time: 0,
        timeEnd: 9,
        tags: ['telltale', 'coverage', 'device:pump <1>', 'channel:flow'],
        text: 'Channel flow of pump <1> sends again.',
      },
    ])
    const [body] = format.bodies([output(anomaly('closed', 50, ''))])
    expect(JSON.parse(body).tags).toEqual(['telltale', 'anomaly'])
    expect(format.headers?.('')).toEqual({ authorization: 'Bearer secret' })
    expect(grafanaFormat(undefined).headers?.('')).toEqual({})
  })
})
