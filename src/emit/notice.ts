import { type CloudEvent, type DriftData, endSoFar } from './cloud-event.js'
import type { Row } from './events.js'

/** An event in words, for messages to people. */
export interface Notice {
  readonly kind: 'anomaly' | 'coverage' | 'drift'
  readonly change: 'opened' | 'updated' | 'closed' | 'acknowledged'
  readonly device: string
  /** The channel that is silent, or what drifts; absent for anomalies and silent devices. */
  readonly channel?: string
  /** 0 to 100; 0 for lost coverage and drift. */
  readonly severity: number
  /** ISO 8601; absent where samples have no times, or a device never sent. */
  readonly start?: string
  /** End so far, exclusive, ISO 8601; absent where samples have no times. */
  readonly end?: string
  /** A few words, such as `Anomaly of pump-1`. */
  readonly summary: string
  /** One plain sentence. */
  readonly sentence: string
}

/** The data of an anomaly: `last` in place of `end` while it is open. */
type OpenRow = Omit<Row, 'end'> & Partial<Pick<Row, 'end'>> & { readonly last?: Row['end'] }

const isTime = (time: unknown): time is string => typeof time === 'string'

/** Reads what an event says. Lost coverage is `opened`, restored coverage `closed`. */
export function noticeOf({ type, subject, time, data }: CloudEvent): Notice {
  const [, , kind, what] = type.split('.')
  if (kind === 'coverage') return coverageNotice(subject, what === 'lost', time, data as unknown as Coverage)
  if (kind === 'drift') return driftNotice(subject, what as Notice['change'], data as unknown as DriftData)
  return anomalyNotice(subject, what as Notice['change'], data as unknown as OpenRow)
}

function anomalyNotice(device: string, change: Notice['change'], row: OpenRow): Notice {
  const { start, severity, channels, sentence } = row
  const end = endSoFar(row)
  const names = channels.map(({ name }) => name).join(', ')
  const when = isTime(start)
    ? ` ${change === 'closed' && isTime(end) ? `from ${start} to ${end}` : `since ${start}`}`
    : ''
  const anomaly = `Anomaly of ${nameOf(device)}`
  const summary = change === 'acknowledged' ? `${anomaly} acknowledged${byText(row)}` : anomaly
  return {
    kind: 'anomaly',
    change,
    device,
    severity,
    ...(isTime(start) && { start }),
    ...(isTime(end) && { end }),
    summary,
    sentence:
      change === 'acknowledged'
        ? `${summary}.`
        : isTime(sentence)
          ? `${nameOf(device)}: ${sentence}`
          : `${summary}${when}, severity ${Math.round(severity)}${names && `, channels ${names}`}.`,
  }
}

interface Coverage {
  readonly channel: string | null
  readonly since: string | null
}

function coverageNotice(device: string, isLost: boolean, time: string | undefined, data: Coverage): Notice {
  const { channel, since } = data
  const who = channel === null ? nameOf(device) : `Channel ${channel} of ${nameOf(device)}`
  return {
    kind: 'coverage',
    change: isLost ? 'opened' : 'closed',
    device,
    ...(channel !== null && { channel }),
    severity: 0,
    ...(since !== null && { start: since }),
    ...(time !== undefined && { end: time }),
    summary: `${who} ${isLost ? 'is silent' : 'sends again'}`,
    sentence: `${who} ${isLost ? 'sends nothing' : 'sends again'}${isLost && since !== null ? ` since ${since}` : ''}.`,
  }
}

function driftNotice(device: string, change: Notice['change'], data: DriftData): Notice {
  const { signal, since, last, before, after, verdict, reason } = data
  const what = signal === 'score' ? 'the score' : signal
  const number = (value: number) => Number(value.toPrecision(4)).toString()
  const summary = `Drift of ${what} of ${nameOf(device)}`
  const step = `from ${number(before)} to ${number(after)} on average since ${since}`
  return {
    kind: 'drift',
    change,
    device,
    channel: signal,
    severity: 0,
    ...(isTime(since) && { start: since }),
    ...(isTime(last) && { end: last }),
    summary,
    sentence: `${summary}${change === 'closed' ? ' has settled' : ''}: ${step}. ${verdict[0].toUpperCase()}${verdict.slice(1)}: ${reason}`,
  }
}

/** ` by NAME: NOTE` of an acknowledgement. */
function byText(row: OpenRow): string {
  const { by, note } = (row as OpenRow & { acknowledged?: { by?: string; note?: string } }).acknowledged ?? {}
  return `${by ? ` by ${by}` : ''}${note ? `: ${note}` : ''}`
}

const nameOf = (device: string) => (device === '' ? 'the device' : device)
