import { createHmac } from 'node:crypto'
import type { Json } from '../core/state.js'
import type { Sink } from './sink.js'
import { Spool } from './spool.js'

export interface WebhookOptions {
  /** Signs each body: `telltale-signature: sha256=<hex HMAC-SHA-256>`. */
  readonly secret?: string
  /** For one attempt, ms. Default 10,000. */
  readonly timeoutMs?: number
  readonly retryMs?: number
  readonly capacity?: number
}

/** Statuses after which another attempt may succeed. */
const mayRetry = (status: number) => status >= 500 || status === 429 || status === 408

/**
 * Posts each event as CloudEvents 1.0 JSON (structured mode) to a URL, in order, until it is taken. A refusal by the receiver (4xx) is counted as lost.
 */
export function webhookSink(url: string, options: WebhookOptions = {}, from: Json = null): Sink {
  const { secret, timeoutMs = 10_000 } = options
  const spool = new Spool(
    {
      ...options,
      async deliver({ to, body }, signal) {
        const response = await fetch(to, {
          method: 'POST',
          body,
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
          headers: {
            'content-type': 'application/cloudevents+json; charset=utf-8',
            ...(secret && { 'telltale-signature': `sha256=${signatureOf(body, secret)}` }),
          },
        })
        await response.body?.cancel()
        if (mayRetry(response.status)) throw new Error(`status ${response.status}`)
        return response.ok
      },
    },
    from,
  )
  return {
    async write(outputs) {
      spool.add(
        outputs.flatMap(({ events }) => events.map(event => ({ to: url, body: JSON.stringify(event) }))),
      )
    },
    state: async () => spool.state(),
    counts: () => spool.counts(),
    drain: timeout => spool.drain(timeout),
    close: async () => spool.stop(),
  }
}

function signatureOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}
