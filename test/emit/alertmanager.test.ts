import { describe, expect, it } from 'vitest'
import { alertmanagerFormat } from '../../src/emit/index.js'
import { anomaly, coverage, output } from './receiver.js'

const alerts = (...events: Parameters<typeof output>) =>
  Array.from(alertmanagerFormat().bodies([output(...events)]), body => JSON.parse(body))

const labels = { alertname: 'TelltaleAnomaly', device: 'pump <1>', severity: 'warning', kind: 'anomaly' }
const START = '2024-01-01T00:00:00.000Z'
const END = '2024-01-01T00:01:00.000Z'

describe('alerts of Alertmanager', () => {
  it('start with the event and end with it, under the same labels', () => {
    const [[opened], [closed]] = alerts(anomaly('opened'), anomaly('closed'))
    expect(opened).toEqual({
      labels,
      annotations: {
        summary: 'Anomaly of pump <1>',
        description: `Anomaly of pump <1> since ${START}, severity 50, channels flow.`,
      },
      startsAt: START,
      endsAt: '2024-01-08T00:01:00.000Z',
    })
    expect(closed).toMatchObject({ labels, startsAt: START, endsAt: END })
  })

  it('resolve the other severity when an event becomes more severe', () => {
    const [updated] = alerts(anomaly('updated', 80))
    expect(updated).toMatchObject([
      { labels: { ...labels, severity: 'critical' }, endsAt: '2024-01-08T00:01:00.000Z' },
      { labels, startsAt: START, endsAt: START },
    ])
  })

  it('tell silent devices and channels apart, and end when they send again', () => {
    const [[lost], [restored], [channel]] = alerts(
      coverage(true, 5),
      coverage(false, 9),
      coverage(true, 5, 'flow'),
    )
    const own = { ...labels, alertname: 'TelltaleCoverageLost', kind: 'coverage' }
    expect(lost).toMatchObject({ labels: own, startsAt: '1970-01-01T00:00:00.000Z' })
    expect(lost.annotations.summary).toBe('pump <1> is silent')
    expect(restored).toMatchObject({ labels: own, endsAt: '1970-01-01T00:00:00.009Z' })
    expect(channel.labels).toEqual({ ...own, channel: 'flow' })
  })
})
