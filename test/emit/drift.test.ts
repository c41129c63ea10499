import { describe, expect, it } from 'vitest'
import {
  alertmanagerFormat,
  driftEvent,
  endOf,
  grafanaFormat,
  influxFormat,
  noticeOf,
  notifySink,
  slackFormat,
} from '../../src/emit/index.js'
import { output } from './receiver.js'

const ORIGIN = { device: 'p7', model: '0'.repeat(64), timeKind: 'utc', stepMs: 0 } as const
const drift = {
  id: 'drift/flow/7200000',
  signal: 'flow',
  method: 'adwin',
  times: { startMs: 3_600_000, lastMs: 7_200_000 },
  before: 5.00004,
  after: 5.31,
  changes: 1,
}
const advice = { verdict: 'check sensor', reason: 'flow is 3.1 standard deviations away.' } as const
const event = (type: 'opened' | 'updated' | 'closed', signal = 'flow') =>
  driftEvent(ORIGIN, { type, drift: { ...drift, signal }, ...advice })
const FROM = '1970-01-01T01:00:00.000Z'
const TO = '1970-01-01T02:00:00.000Z'

describe('an event of drift', () => {
  it('is a CloudEvent with ids by which its changes belong together', () => {
    expect(event('opened')).toEqual({
      specversion: '1.0',
      id: 'p7/drift/flow/7200000/opened',
      source: '/telltale/000000000000',
      type: 'dev.telltale.drift.opened.v1',
      subject: 'p7',
      time: TO,
      datacontenttype: 'application/json',
      data: {
        signal: 'flow',
        method: 'adwin',
        since: FROM,
        last: TO,
        before: 5.00004,
        after: 5.31,
        changes: 1,
        ...advice,
      },
    })
    expect(event('updated').id).toBe('p7/drift/flow/7200000/updated/7200000')
    expect(endOf(event('opened'))).toEqual({
      ...event('closed'),
    })
    expect(
      driftEvent({ ...ORIGIN, timeKind: 'index' }, { type: 'opened', drift, ...advice }).data,
    ).toMatchObject({
      since: 3_600_000,
    })
  })

  it('is a sentence, of the score too', () => {
    expect(noticeOf(event('opened'))).toEqual({
      kind: 'drift',
      change: 'opened',
      device: 'p7',
      channel: 'flow',
      severity: 0,
      start: FROM,
      end: TO,
      summary: 'Drift of flow of p7',
      sentence: `Drift of flow of p7: from 5 to 5.31 on average since ${FROM}. Check sensor: ${advice.reason}`,
    })
    expect(noticeOf(event('closed', 'score')).sentence).toBe(
      `Drift of the score of p7 has settled: from 5 to 5.31 on average since ${FROM}. Check sensor: ${advice.reason}`,
    )
  })

  it('reaches the receivers in their forms', () => {
    const bodies = (format: ReturnType<typeof slackFormat>) => [
      ...format.bodies([output(event('opened'), event('closed'))]),
    ]
    const alerts = bodies(alertmanagerFormat()).map(body => JSON.parse(body))
    expect(alerts.map(list => list.length)).toEqual([1, 1])
    expect(alerts[0][0].labels).toEqual({
      alertname: 'TelltaleDrift',
      device: 'p7',
      severity: 'warning',
      kind: 'drift',
      channel: 'flow',
    })
    expect([alerts[0][0].startsAt, alerts[1][0].endsAt]).toEqual([FROM, TO])
    expect(bodies(slackFormat()).length).toBe(2)
    expect(JSON.parse(bodies(grafanaFormat(undefined))[0]).tags).toContain('drift')
    expect(bodies(influxFormat({ scores: false }))[0]).toContain('kind=drift,change=opened,channel=flow')
  })

  it('is held back as a whole beyond the limit of a device', async () => {
    const got: string[] = []
    const sink = await notifySink(
      { count: 1, periodMs: 3_600_000 },
      async () => ({
        write: async outputs => {
          for (const { events } of outputs) got.push(...events.map(({ type }) => type))
        },
        state: async () => null,
        counts: () => ({ waiting: 0, lost: 0 }),
        drain: async () => {},
        close: async () => {},
      }),
      () => 0,
    )
    const other = (type: 'opened' | 'closed') =>
      driftEvent(ORIGIN, { type, drift: { ...drift, id: 'drift/temp/1', signal: 'temp' }, ...advice })
    await sink.write(
      [output(event('opened'), other('opened'), other('closed'), event('closed'))],
      Promise.resolve(),
    )
    expect(got).toEqual(['dev.telltale.drift.opened.v1', 'dev.telltale.drift.closed.v1'])
  })
})
