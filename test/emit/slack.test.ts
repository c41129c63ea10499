import { describe, expect, it } from 'vitest'
import { slackFormat } from '../../src/emit/index.js'
import { anomaly, coverage, output } from './receiver.js'

describe('messages to Slack', () => {
  it('are one escaped sentence when an event opens and when it ends', () => {
    const explained = anomaly('closed')
    Object.assign(explained.data as object, { sentence: 'flow rose & stayed.' })
    const events = [anomaly('opened'), anomaly('updated'), explained, coverage(true, 9)]
    expect(Array.from(slackFormat().bodies([output(...events)]), body => JSON.parse(body))).toEqual([
      { text: 'Anomaly of pump &lt;1&gt; since 2024-01-01T00:00:00.000Z, severity 50, channels flow.' },
      { text: 'pump &lt;1&gt;: flow rose &amp; stayed.' },
      { text: 'pump &lt;1&gt; sends nothing since 1970-01-01T00:00:00.000Z.' },
    ])
  })
})
