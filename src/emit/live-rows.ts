import { REASONS } from '../core/contracts.js'
import { floatText } from '../core/float-text.js'
import { sampleCount } from '../core/frame.js'
import { csvCell } from '../core/safe-text.js'
import type { CloudEvent } from './cloud-event.js'
import type { Row } from './events.js'
import { noticeOf } from './notice.js'
import type { ScoreTable } from './scores.js'
import type { LiveOutput, SinkContent } from './sink.js'
import { createTimeText } from './times.js'

/** First line of a CSV file of a stream. Devices may differ in their channels, so there is no column for each. */
export const LIVE_HEADERS: Readonly<Record<SinkContent, string>> = {
  scores: 'device,time,score,p_value,severity,flag,reason\n',
  events: 'device,time,event,change,id,start,end,severity,channels,kind,verdict,sentence\n',
}

/** What became known as rows of CSV. NaN and what an event does not say is an empty cell. */
export function* liveRows(outputs: readonly LiveOutput[], content: SinkContent): Generator<string> {
  for (const { scored, events } of outputs) {
    if (content === 'events') for (const event of events) yield eventRow(event)
    else if (scored) yield* scoreRows(scored)
  }
}

function* scoreRows({
  frame,
  score,
  pValue,
  severity,
  flag,
  reason,
  device = '',
}: ScoreTable): Generator<string> {
  const timeText = createTimeText(frame.timeKind)
  for (let i = 0; i < sampleCount(frame); i++) {
    const numbers = [score[i]!, pValue[i]!, severity[i]!].map(floatText)
    const cells = [csvCell(device), timeText(frame.timeMs[i]!), ...numbers, flag[i], REASONS[reason[i]!]]
    yield `${cells.join()}\n`
  }
}

function eventRow(event: CloudEvent): string {
  const { kind: about, change, device, channel, severity, start, end, sentence } = noticeOf(event)
  const { channels, kind, verdict } = (about === 'anomaly' ? event.data : {}) as Partial<Row>
  const shares = channels?.map(({ name, share }) => `${name}:${share}`).join(';')
  return `${[
    device,
    event.time ?? '',
    about,
    change,
    event.id,
    start ?? '',
    about === 'anomaly' && change !== 'closed' ? '' : (end ?? ''),
    about === 'anomaly' ? String(severity) : '',
    shares ?? channel ?? '',
    kind ?? '',
    verdict ?? '',
    sentence,
  ]
    .map(cell => csvCell(String(cell)))
    .join()}\n`
}
