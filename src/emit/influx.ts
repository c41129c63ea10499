import { floatText } from '../core/float-text.js'
import { sampleCount } from '../core/frame.js'
import type { CloudEvent } from './cloud-event.js'
import type { Row } from './events.js'
import type { HttpFormat } from './http-sink.js'
import { noticeOf } from './notice.js'
import type { LiveOutput } from './sink.js'

/** A value of a field: numbers are floats; those that are not finite are left out. */
type FieldValue = number | string | boolean

/**
 * Events and scores as InfluxDB line protocol with times in ms: the measurements `telltale_event` and `telltale_score`, with the tag `device`. What
 * comes twice overwrites itself. Samples without a score, and scores without a time, are left out.
 *
 * @param settings `token` of the API; `scores` adds the scores
 */
export function influxFormat(settings: { readonly token?: string; readonly scores: boolean }): HttpFormat {
  const { token, scores } = settings
  return {
    contentType: 'text/plain; charset=utf-8',
    headers: () => ({ ...(token && { authorization: `Token ${token}` }) }),
    bodies(outputs) {
      const lines = outputs.flatMap(output => [
        ...output.events.map(eventLine),
        ...(scores ? scoreLines(output) : []),
      ])
      return lines.length === 0 ? [] : [lines.join('\n')]
    },
  }
}

/**
 * One point as a line. Line protocol has no form for some texts: control characters become spaces, backslashes at the end of names and tags are
 * dropped, empty tags are left out.
 *
 * @param timeMs not finite: the time of the receiver
 * @returns empty where no field has a value
 * @example
 * import { influxLine } from './influx.js'
 * influxLine('m', { device: 'pump 1' }, { score: 0.5, id: 'a"b' }, 1000) // => 'm,device=pump\\ 1 score=0.5,id="a\\"b" 1000'
 */
export function influxLine(
  measurement: string,
  tags: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, FieldValue>>,
  timeMs: number,
): string {
  const tagTexts = Object.entries(tags)
    .map(([key, value]) => [nameText(key), nameText(value)])
    .filter(([, value]) => value !== '')
  const fieldTexts = Object.entries(fields)
    .filter(([, value]) => typeof value !== 'number' || Number.isFinite(value))
    .map(([key, value]) => `${nameText(key)}=${fieldText(value)}`)
  if (fieldTexts.length === 0) return ''
  const time = Number.isFinite(timeMs) ? ` ${Math.trunc(timeMs)}` : ''
  const head = [plainText(measurement).replace(/[, ]/g, '\\$&'), ...tagTexts.map(pair => pair.join('='))]
  return `${head.join()} ${fieldTexts.join()}${time}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these cannot be in a line
const plainText = (text: string) => text.replace(/[\u0000-\u001f\u007f]/g, ' ')

function nameText(text: string): string {
  return plainText(text).replace(/\\+$/, '').replace(/[,= ]/g, '\\$&')
}

function fieldText(value: FieldValue): string {
  return typeof value === 'string' ? `"${plainText(value).replace(/["\\]/g, '\\$&')}"` : String(value)
}

function eventLine(event: CloudEvent): string {
  const { kind, change, device, channel = '', severity, sentence } = noticeOf(event)
  const { score, channels } = event.data as unknown as Partial<Row>
  const fields = {
    id: event.id,
    severity,
    sentence,
    ...(score !== undefined && { score }),
    ...(channels && { channels: channels.map(({ name, share }) => `${name}:${share}`).join(';') }),
  }
  const timeMs = event.time === undefined ? Number.NaN : Date.parse(event.time)
  return influxLine('telltale_event', { device, kind, change, channel }, fields, timeMs)
}

function scoreLines({ device, scored }: LiveOutput): string[] {
  if (scored === undefined || scored.frame.timeKind !== 'utc') return []
  const { frame, score, pValue, severity, flag } = scored
  const number = (x: number) => Number(floatText(x) || Number.NaN)
  return Array.from({ length: sampleCount(frame) }, (_, i) =>
    Number.isNaN(score[i])
      ? ''
      : influxLine(
          'telltale_score',
          { device },
          {
            score: number(score[i]),
            p_value: number(pValue[i]),
            severity: number(severity[i]),
            flag: flag[i] !== 0,
          },
          frame.timeMs[i],
        ),
  ).filter(line => line !== '')
}
