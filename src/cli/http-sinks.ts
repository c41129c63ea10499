import { createHash } from 'node:crypto'
import { createError } from '../core/errors.js'
import {
  alertmanagerFormat,
  grafanaFormat,
  type HttpFormat,
  httpSink,
  influxFormat,
  type SinkPlan,
  slackFormat,
  webhookSink,
} from '../emit/index.js'
import { safeUrl } from '../sources/index.js'
import { handlersOf } from './dead-letters.js'
import type { Io } from './io.js'
import type { StreamCommandOptions } from './stream-options.js'

interface Receiver {
  readonly format: (options: StreamCommandOptions) => HttpFormat
  /** Added to the path of the URL, or in place of an empty one. */
  readonly path?: (pathname: string) => string
}

const below = (end: string) => (pathname: string) =>
  pathname.endsWith(end) ? pathname : pathname.replace(/\/*$/, end)

const RECEIVERS: Readonly<Record<string, Receiver>> = {
  alertmanager: { format: alertmanagerFormat, path: below('/api/v2/alerts') },
  grafana: { format: ({ grafanaToken }) => grafanaFormat(grafanaToken), path: below('/api/annotations') },
  influx: {
    format: ({ influxToken: token, publishScores: scores }) => influxFormat({ token, scores }),
    path: pathname => (pathname === '/' ? '/api/v2/write' : pathname),
  },
  slack: { format: slackFormat },
}

/**
 * A sink whose receiver takes HTTP: `https://...` is a webhook, `RECEIVER+https://...` one of the known receivers.
 *
 * @throws OptionError `option-invalid`
 */
export function httpPlan(io: Io, options: StreamCommandOptions, url: string): SinkPlan {
  const [, kind, address] = /^(?:([a-z]+)\+)?(https?:\/\/.*)$/.exec(url) ?? []
  const receiver = kind === undefined ? undefined : RECEIVERS[kind]
  if (address === undefined || !URL.canParse(address) || (kind !== undefined && receiver === undefined))
    throw createError('option-invalid', {
      name: '--sink',
      got: safeUrl(url),
      where: 'the command line or configuration',
      wanted: `it must be a URL that begins with https://, http://, ${Object.keys(RECEIVERS)
        .map(name => `${name}+https://`)
        .join(', ')}, smtp://, smtps://, mqtt://, mqtts://, kafka:// or kafkas://`,
    })
  if (receiver === undefined) {
    const name = safeUrl(url)
    const webhook = { secret: options.webhookSecret, ...handlersOf(io, options, name) }
    return { name, open: async from => webhookSink(url, webhook, from) }
  }
  const target = new URL(address)
  target.pathname = receiver.path?.(target.pathname) ?? target.pathname
  if (kind === 'influx') target.searchParams.set('precision', 'ms')
  const name = nameOf(kind, target)
  const handlers = handlersOf(io, options, name)
  return { name, open: async from => httpSink(target.href, receiver.format(options), handlers, from) }
}

/** The path of a Slack webhook is its secret: messages and metrics show a digest of it. */
function nameOf(kind: string | undefined, target: URL): string {
  if (kind !== 'slack') return `${kind}+${safeUrl(target.href)}`
  return `slack+${target.origin}/${createHash('sha256').update(target.href).digest('hex').slice(0, 8)}`
}
