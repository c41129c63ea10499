import type { HttpFormat } from './http-sink.js'
import { noticeOf } from './notice.js'

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Events as messages of a Slack-compatible webhook: one plain sentence when an event opens and when it ends. */
export function slackFormat(): HttpFormat {
  return {
    contentType: 'application/json',
    *bodies(outputs) {
      for (const { events } of outputs)
        for (const event of events) {
          const { change, sentence } = noticeOf(event)
          if (change === 'updated') continue
          yield JSON.stringify({ text: sentence.replace(/[&<>]/g, sign => ESCAPES[sign]) })
        }
    },
  }
}
