import { createHmac } from 'node:crypto'
import type { Json } from '../core/state.js'
import { type HttpSinkOptions, httpSink } from './http-sink.js'
import type { Sink } from './sink.js'

export interface WebhookOptions extends HttpSinkOptions {
  /** Signs each body: `telltale-signature: sha256=<hex HMAC-SHA-256>`. */
  readonly secret?: string
}

/**
 * Posts each event as CloudEvents 1.0 JSON (structured mode) to a URL, in order, until it is taken. A refusal by the receiver (4xx) is counted as lost.
 */
export function webhookSink(url: string, options: WebhookOptions = {}, from: Json = null): Sink {
  const { secret } = options
  return httpSink(
    url,
    {
      contentType: 'application/cloudevents+json; charset=utf-8',
      bodies: outputs => outputs.flatMap(({ events }) => events.map(event => JSON.stringify(event))),
      headers: body => ({
        ...(secret && { 'telltale-signature': `sha256=${signatureOf(body, secret)}` }),
      }),
    },
    options,
    from,
  )
}

function signatureOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}
