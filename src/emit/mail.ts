import { createHash } from 'node:crypto'
import { createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import type { HttpSinkOptions } from './http-sink.js'
import { type Notice, noticeOf } from './notice.js'
import type { Sink } from './sink.js'
import { Spool } from './spool.js'

/** How mails are sent. */
export interface MailOptions extends HttpSinkOptions {
  readonly host: string
  readonly port: number
  /** TLS from the start (port 465); otherwise STARTTLS where the server offers it, and always with a user. */
  readonly hasTls: boolean
  readonly user?: string
  readonly password?: string
  /** PEM text. */
  readonly ca?: string
  readonly from: string
  readonly to: readonly string[]
}

interface Mail {
  readonly id: string
  readonly subject: string
  readonly text: string
}

/** Errors of the library that say that the server refuses this message, not this client. */
const REFUSED = ['EENVELOPE', 'EMESSAGE']

/**
 * Sends a mail when an event opens and when it ends, in order, until the server takes it. A mail that the server refuses (5xx) is counted as lost. The id of a
 * message is that of its event: a mail that comes again has the same.
 *
 * @throws SourceError `package-missing`
 */
export async function openMailSink(options: MailOptions, from: Json = null): Promise<Sink> {
  const { host, port, hasTls, user, password, ca, timeoutMs = 10_000 } = options
  const { createTransport } = await import('nodemailer').catch(error => {
    throw createError('package-missing', { name: 'nodemailer', reason: error.message }, error)
  })
  const transport = createTransport({
    host,
    port,
    secure: hasTls,
    requireTLS: user !== undefined,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail is text from devices: it must not name files or addresses that are read here.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    ...(ca !== undefined && { tls: { ca } }),
  })
  const spool = new Spool(
    {
      ...options,
      async deliver({ body }) {
        const { id, subject, text }: Mail = JSON.parse(body)
        try {
          await transport.sendMail({
            ...{ from: options.from, to: [...options.to], subject, text, messageId: id },
            headers: { 'Auto-Submitted': 'auto-generated' },
          })
          return true
        } catch (error) {
          const { code, responseCode = 0 } = error as { code?: string; responseCode?: number }
          if (REFUSED.includes(code ?? '') && responseCode >= 500) return false
          throw error
        }
      },
    },
    from,
  )
  return {
    async write(outputs) {
      const mails = outputs.flatMap(({ events }) =>
        events.map(event => ({ id: event.id, notice: noticeOf(event) })),
      )
      spool.add(
        mails
          .filter(({ notice }) => notice.change !== 'updated')
          .map(({ id, notice }) => ({ to: options.to.join(), body: JSON.stringify(mailOf(id, notice)) })),
      )
    },
    state: async () => spool.state(),
    counts: () => spool.counts(),
    drain: timeout => spool.drain(timeout),
    async close(rest) {
      spool.stop(rest)
      transport.close()
    },
  }
}

function mailOf(event: string, notice: Notice): Mail {
  const { kind, change, summary, sentence, severity, start, end } = notice
  const lines = [
    sentence,
    '',
    ...(kind === 'anomaly' ? [`Severity: ${Math.round(severity)} of 100`] : []),
    ...(start === undefined ? [] : [`Start: ${start}`]),
    ...(end === undefined || change !== 'closed' ? [] : [`End: ${end}`]),
    `Event: ${event}`,
  ]
  const isOver = kind !== 'coverage' && change === 'closed'
  return {
    id: `<${createHash('sha256').update(event).digest('hex').slice(0, 32)}@telltale>`,
    subject: isOver ? `${summary} is over` : summary,
    text: `${lines.join('\n')}\n`,
  }
}
