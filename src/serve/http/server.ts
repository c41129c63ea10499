import { createHash, randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { createError, TelltaleError } from '../../core/errors.js'
import type { Services } from '../services.js'
import { BINARY_TYPES } from '../tables/media-types.js'
import { type AdmissionOptions, createAdmission } from './admission.js'
import { SECURITY_HEADERS } from './headers.js'
import { mountRoute } from './mount.js'
import { type Hidden, problemOf, RETRY_SECONDS } from './problem.js'
import type { Route } from './route.js'
import { routeUpgrades } from './upgrade.js'

export interface HttpOptions extends AdmissionOptions {
  readonly routes: readonly Route[]
  /** Certificate, key, and the authority that certificates of clients must come from. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer; readonly ca?: Buffer }
  readonly hidden: Hidden
}

const MAX_HEADER_BYTES = 16 * 1024
/** Of W3C Trace Context. */
const TRACE = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/
const REQUEST_ID = /^[\w.-]{1,64}$/

/** The HTTP server with its routes, ready to listen. */
export function createHttp(services: Services, options: HttpOptions): FastifyInstance {
  const { limits, tls } = options
  const timing = {
    headersTimeout: Math.min(10_000, limits.requestMs),
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: MAX_HEADER_BYTES,
  }
  const secure = tls && { ...timing, ...tls, ...(tls.ca && { requestCert: true, rejectUnauthorized: true }) }
  const app = Fastify({
    ...(secure ? { https: secure } : { http: timing }),
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 600 },
    exposeHeadRoutes: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    // Values are taken as they are: a text is no number, and null is no zero.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false, strict: false } },
    frameworkErrors: (error, request, reply) => answerError(services, options, error, request, reply),
  }) as unknown as FastifyInstance
  app.server.maxConnections = limits.connections
  app.server.on('clientError', answerClientError)
  app.decorateRequest('user')
  routeUpgrades(app, limits.bodyBytes)
  app.addHook('preClose', async () => services.connections.endAll())
  app.removeAllContentTypeParsers()
  addParsers(app)
  addHooks(app, services, options)
  for (const route of options.routes) mountRoute(app, services, route)
  app.setErrorHandler((error, request, reply) => answerError(services, options, error, request, reply))
  return app
}

/** Refuses a request that no route takes, before its body is read. */
function refuseUnknown({ routes }: HttpOptions, { url, method }: FastifyRequest, reply: FastifyReply): never {
  const path = url.split('?')[0]
  const known = routes.filter(route => matches(route.path, path)).map(({ method }) => method)
  const allowed = known.join(', ')
  if (known.length > 0) reply.header('allow', allowed)
  throw known.length > 0
    ? createError('method-refused', { path, method, allowed })
    : createError('route-unknown', { method, path })
}

/** Whether a path is one of a route with `{name}` in it. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.split('/')
  const own = path.split('/')
  return parts.length === own.length && parts.every((part, i) => part.startsWith('{') || part === own[i])
}

function addParsers(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  )
  for (const type of ['application/x-ndjson', 'text/csv'])
    app.addContentTypeParser(type, { parseAs: 'string' }, (_, body, done) => done(null, body))
  app.addContentTypeParser([...BINARY_TYPES], { parseAs: 'buffer' }, (_, body, done) => done(null, body))
}

function addHooks(app: FastifyInstance, services: Services, options: HttpOptions): void {
  const admission = createAdmission(services, options)
  app.addHook('onRequest', async (request, reply) => {
    services.counts.requests++
    reply.headers(SECURITY_HEADERS)
    reply.header('x-request-id', request.id)
    await admission.enter(request, reply)
    if (request.is404) refuseUnknown(options, request, reply)
  })
  // Bodies are never decompressed: a small body stays small.
  app.addHook('preParsing', async request => {
    const coding = request.headers['content-encoding']
    if (coding !== undefined && coding !== 'identity')
      throw createError('media-type', {
        got: `${coding} (Content-Encoding)`.slice(0, 100),
        wanted: 'it plain',
      })
  })
  const done = async ({ leave }: FastifyRequest) => leave?.()
  app.addHook('onResponse', done)
  app.addHook('onResponse', async ({ method, routeOptions }, { elapsedTime, statusCode }) => {
    const labels = { method, route: routeOptions.url ?? '', status: String(statusCode) }
    services.measures.metrics.observe('telltale_http_request_duration_seconds', elapsedTime / 1000, labels)
  })
  app.addHook('onRequestAbort', done)
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload
    const tag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`
    reply.header('etag', tag)
    if (request.headers['if-none-match'] !== tag) return payload
    reply.code(304)
    return ''
  })
}

/** Errors of fastify that are mistakes of the client. */
const CLIENT_CODES: Readonly<Record<string, (error: Error, request: FastifyRequest) => TelltaleError>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (_, request) =>
    createError('media-type', {
      got: String(request.headers['content-type'] ?? 'none').slice(0, 100),
      wanted: (
        (request.routeOptions.config as { types?: readonly string[] }).types ?? ['application/json']
      ).join(' or '),
    }),
  FST_ERR_CTP_BODY_TOO_LARGE: (_, request) =>
    createError('request-too-large', {
      what: 'the body',
      got: `${request.headers['content-length'] ?? 'more'} bytes`,
      wanted: `${request.routeOptions.bodyLimit} bytes`,
    }),
}

function answerError(
  { log, measures }: Pick<Services, 'log' | 'measures'>,
  { hidden }: HttpOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const known = clientError(error as Error & { code?: string; statusCode?: number }, request)
  const found = problemOf(known, request.id, hidden)
  measures.metrics.add('telltale_errors_total', 1, { code: found.code })
  if (found.status >= 500 && found.status !== 503)
    log.error(
      {
        err: error,
        requestId: request.id,
        traceId: TRACE.exec(String(request.headers.traceparent))?.[1],
        method: request.method,
        path: request.url.split('?')[0],
      },
      'failed',
    )
  reply.headers(SECURITY_HEADERS)
  if (found.status in RETRY_SECONDS) reply.header('retry-after', String(RETRY_SECONDS[found.status]))
  if (found.status === 401) reply.header('www-authenticate', 'Bearer realm="telltale"')
  // Clients of the Open Inference Protocol look for `error`.
  const answer = request.url.startsWith('/v2') ? { error: found.detail, ...found } : found
  reply.code(found.status).type('application/problem+json').send(JSON.stringify(answer))
}

function clientError(
  error: Error & { code?: string; statusCode?: number },
  request: FastifyRequest,
): unknown {
  if (error instanceof TelltaleError) return error
  const known = CLIENT_CODES[error.code ?? '']
  if (known) return known(error, request)
  const isClients = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
  if (!isClients) return error
  return createError('request-unreadable', { reason: error.message.slice(0, 200) }, error)
}

/** Answers what is no HTTP, or came too slowly: there is no request yet. */
function answerClientError(error: Error & { code?: string }, socket: import('node:stream').Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const texts: Record<number, string> = {
    400: 'Bad Request',
    408: 'Request Timeout',
    431: 'Request Header Fields Too Large',
  }
  const body = JSON.stringify({ type: 'about:blank', title: texts[code], status: code })
  socket.end(
    `HTTP/1.1 ${code} ${texts[code]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}
