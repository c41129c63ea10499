import type { HttpFormat } from './http-sink.js'
import { noticeOf } from './notice.js'

/**
 * Events as annotations of Grafana: one region from start to end for each event, when it is over, with the tags `telltale`, `anomaly`, `coverage` or `drift`, and
 * `device:NAME`.
 *
 * @param token of a service account
 */
export function grafanaFormat(token: string | undefined): HttpFormat {
  return {
    contentType: 'application/json',
    headers: () => ({ ...(token && { authorization: `Bearer ${token}` }) }),
    *bodies(outputs) {
      for (const { events } of outputs)
        for (const event of events) {
          const { change, kind, device, channel, start, end, sentence } = noticeOf(event)
          if (change !== 'closed') continue
          const tags = ['telltale', kind]
          if (device !== '') tags.push(`device:${device}`)
          if (channel !== undefined) tags.push(`channel:${channel}`)
          const from = start ?? end
          const times = from && end ? { time: Date.parse(from), timeEnd: Date.parse(end) } : {}
          yield JSON.stringify({ ...times, tags, text: sentence })
        }
    },
  }
}
