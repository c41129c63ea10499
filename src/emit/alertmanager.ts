import { DAY_MS } from '../core/milliseconds.js'
import type { HttpFormat } from './http-sink.js'
import { type Notice, noticeOf } from './notice.js'

const SEVERITIES = ['warning', 'critical'] as const
const NAMES = { anomaly: 'TelltaleAnomaly', coverage: 'TelltaleCoverageLost', drift: 'TelltaleDrift' }
/** Severity, 0 to 100, from which an alert is critical. */
const CRITICAL_FROM = 75
/** An alert ends with its event, or so long after the last news of it, ms: Alertmanager would end it after minutes. */
const LONGEST_MS = 7 * DAY_MS

/**
 * Events as alerts of Alertmanager, API v2. Its labels identify an alert: `alertname` (`TelltaleAnomaly`, `TelltaleCoverageLost`, `TelltaleDrift`), `device`, `severity`
 * (`warning`, `critical` from 75), `kind` (`anomaly`, `coverage`, `drift`) and, of a silent channel or what drifts, `channel`. An event whose severity becomes another is another
 * alert: the first is resolved.
 */
export function alertmanagerFormat(): HttpFormat {
  return {
    contentType: 'application/json',
    *bodies(outputs) {
      for (const { events } of outputs)
        for (const event of events) yield JSON.stringify(alertsOf(noticeOf(event)))
    },
  }
}

function alertsOf(notice: Notice): object[] {
  const own = notice.severity >= CRITICAL_FROM ? 'critical' : 'warning'
  const start = notice.start ?? notice.end
  const alert = { annotations: { summary: notice.summary, description: notice.sentence } }
  const startsAt = start === undefined ? {} : { startsAt: start }
  const others =
    notice.kind !== 'anomaly' || notice.change === 'opened' ? [] : SEVERITIES.filter(s => s !== own)
  return [
    { labels: labelsOf(notice, own), ...alert, ...startsAt, ...endOf(notice) },
    ...others.map(other => ({
      labels: labelsOf(notice, other),
      ...alert,
      ...startsAt,
      endsAt: start ?? new Date(0).toISOString(),
    })),
  ]
}

function labelsOf({ kind, device, channel }: Notice, severity: string) {
  return {
    alertname: NAMES[kind],
    device,
    severity,
    kind,
    ...(channel !== undefined && { channel }),
  }
}

function endOf({ change, end }: Notice): { endsAt?: string } {
  if (change === 'closed') return { endsAt: end ?? new Date(0).toISOString() }
  return end === undefined ? {} : { endsAt: new Date(Date.parse(end) + LONGEST_MS).toISOString() }
}
