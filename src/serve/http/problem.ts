import type { ErrorCode, ErrorKind } from '../../core/errors.js'
import { createError, TelltaleError } from '../../core/errors.js'
import { camelCase } from '../../core/options.js'
import type { Problem } from '../contract/index.js'

/** HTTP status of an error by who must act on it. */
const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  option: 400,
  data: 422,
  source: 500,
  artefact: 500,
  limit: 422,
  request: 400,
  interrupted: 503,
  bug: 500,
}

/** Where the status of an error is not that of its kind. */
const STATUS_OF_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  'request-invalid': 422,
  'route-unknown': 404,
  'method-refused': 405,
  'media-type': 415,
  'answer-type': 406,
  'host-refused': 421,
  'origin-refused': 403,
  'upgrade-needed': 426,
  'key-needed': 401,
  'key-refused': 401,
  'role-needed': 403,
  'name-unknown': 404,
  'name-taken': 409,
  'state-conflict': 409,
  'change-overtaken': 412,
  'key-reused': 422,
  'request-too-large': 413,
  'request-timeout': 408,
  'rate-exceeded': 429,
  'server-busy': 503,
  'limit-queue': 503,
  'worker-lost': 503,
  'model-unknown': 404,
  'alignment-missing': 409,
  'model-unsigned': 409,
  'signature-untrusted': 409,
  'signature-invalid': 409,
  'reference-missing': 409,
  'rollback-impossible': 409,
  'event-unknown': 404,
  'device-needed': 422,
  'device-unknown': 404,
}

/** Statuses with which a client should wait and try again, and for how many seconds. */
export const RETRY_SECONDS: Readonly<Record<number, number>> = { 429: 1, 503: 1 }

/** Texts that are not shown to clients, such as paths of folders, and what stands in their place. */
export type Hidden = readonly (readonly [text: string, shown: string])[]

/**
 * An error as problem details. What went wrong inside the server is in its log under the id of the request; a client gets that id only.
 *
 * @param where in the request it is about
 */
export function problemOf(error: unknown, requestId?: string, hidden: Hidden = [], where?: string): Problem {
  const known = error instanceof TelltaleError ? error : createError('bug', { reason: 'see the log' }, error)
  const status = STATUS_OF_CODE[known.code] ?? STATUS_OF_KIND[known.kind]
  const isInside = status === 500
  const shown = (text: string) => hidden.reduce((all, [from, to]) => all.replaceAll(from, to), text)
  const words = known.kind === 'request' ? (text: string) => text : inFields
  const place = where ?? (known.code === 'request-invalid' ? String(known.where.where) : undefined)
  return {
    type: `/docs/errors.md#${known.code}`,
    title: titleOf(status),
    status,
    detail: isInside ? 'the server could not do this' : shown(words(known.message)),
    remedy: isInside
      ? `Give the operator the id of the request${requestId === undefined ? '' : `: ${requestId}`}.`
      : shown(words(known.answer ?? known.remedy)),
    code: isInside ? 'bug' : known.code,
    ...(place !== undefined && { where: place }),
    ...(requestId !== undefined && { requestId }),
  }
}

/** A text with the options of the command line as fields of a request: `--time-zone` is `timeZone` in its `options`. */
export function inFields(text: string): string {
  const placed = text.replace(/\bin the command(?: line or configuration)?\b/g, 'in the request')
  return placed.replace(/(?<![\w-])--([a-z]+(?:-[a-z]+)*)/g, (_, name: string) => camelCase(name))
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Key needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Timeout',
  409: 'Conflict',
  412: 'Overtaken by another change',
  413: 'Too large',
  415: 'Media type not read here',
  421: 'Not this host',
  422: 'Cannot be processed',
  426: 'WebSocket needed',
  429: 'Too many requests',
  503: 'Busy',
}

function titleOf(status: number): string {
  return TITLES[status] ?? 'Failure of the server'
}
