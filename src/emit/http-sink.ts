import type { Json } from '../core/state.js'
import type { OnTrouble } from '../sources/index.js'
import type { LiveOutput, Sink } from './sink.js'
import { type Delivering, Spool } from './spool.js'

/** How often and how long an HTTP sink tries. */
export interface HttpSinkOptions extends Pick<Delivering, 'onLost'> {
  /** For one attempt, ms. Default 10,000. */
  readonly timeoutMs?: number
  /** First pause after a failure, doubled up to a minute, ms. Default 500. */
  readonly retryMs?: number
  /** Bodies that are kept at most; beyond that the oldest are given up and counted. Default 10,000. */
  readonly capacity?: number
  readonly onTrouble?: OnTrouble
}

/** What an HTTP receiver takes. */
export interface HttpFormat {
  readonly contentType: string
  /** The bodies to post, in order. */
  bodies(outputs: readonly LiveOutput[]): Iterable<string>
  /** Further headers of a body, such as its signature or a token. */
  headers?(body: string): Readonly<Record<string, string>>
}

/** Statuses after which another attempt may succeed. */
const mayRetry = (status: number) => status >= 500 || status === 429 || status === 408

/**
 * Posts bodies to a URL, in order, until they are taken. A refusal by the receiver (4xx) is counted as lost. A user and password in the URL are sent
 * as basic authentication.
 */
export function httpSink(
  url: string,
  format: HttpFormat,
  options: HttpSinkOptions = {},
  from: Json = null,
): Sink {
  const { timeoutMs = 10_000 } = options
  const { target, authorization } = splitUser(url)
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
            'content-type': format.contentType,
            ...(authorization && { authorization }),
            ...format.headers?.(body),
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
      spool.add(Array.from(format.bodies(outputs), body => ({ to: target, body })))
    },
    state: async () => spool.state(),
    counts: () => spool.counts(),
    drain: timeout => spool.drain(timeout),
    close: async rest => spool.stop(rest),
  }
}

function splitUser(url: string): { readonly target: string; readonly authorization?: string } {
  const { username, password } = new URL(url)
  if (username === '' && password === '') return { target: url }
  const target = new URL(url)
  target.username = ''
  target.password = ''
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { target: target.href, authorization: `Basic ${Buffer.from(user).toString('base64')}` }
}
