import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { createError } from '../../core/errors.js'
import type { Services } from '../services.js'
import type { AnswerTable } from '../tables/encode.js'
import { type TableType, tableType } from '../tables/media-types.js'
import type { Answered } from './idempotency.js'
import { jsonSchema } from './openapi.js'
import type { Call, Route } from './route.js'

const JSON_TYPE = 'application/json'

/** Adds a route to the server: its parameters, query and body are validated before it runs. */
export function mountRoute(app: FastifyInstance, services: Services, route: Route): void {
  const { method, path, access, params, query, bodyTypes = [JSON_TYPE] } = route
  const strictQuery = query?.strict()
  const takesJson = route.body !== undefined && bodyTypes.includes(JSON_TYPE)
  app.route({
    method,
    url: path.replace(/\{(\w+)\}/g, ':$1'),
    config: { access, types: bodyTypes },
    ...(route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
    ...(takesJson && {
      schema: {
        body: {
          content: { [JSON_TYPE]: { schema: jsonSchema(route.body as z.ZodType, 'input', 'draft-7') } },
        },
      },
    }),
    attachValidation: true,
    async handler(request, reply) {
      if (request.validationError) throw invalidBody(request)
      if (route.body !== undefined) checkType(request, bodyTypes)
      const call: Call = {
        params: params ? parsed(params, request.params, 'path') : {},
        query: strictQuery ? parsed(strictQuery, request.query, 'query') : noQuery(request),
        body: request.body,
        user: request.user,
        services,
        id: request.id,
        headers: request.headers,
        get signal() {
          return abortSignal(reply)
        },
        reply,
      }
      if (route.runTable) {
        const type = tableType(request.headers.accept)
        if (type !== undefined) return sendTable(route, call, type)
      }
      const { status, location, result } = await answer(route, call, request)
      if (reply.sent || reply.raw.writableEnded) return reply
      reply.code(status)
      if (location !== undefined) reply.header('location', location)
      if (result === undefined) return reply.send()
      if (route.responseType !== undefined && !reply.hasHeader('content-type')) reply.type(route.responseType)
      return result
    },
  })
}

/** Answers with a table in the type that the client accepts. */
async function sendTable(route: Route, call: Call, type: TableType): Promise<Buffer> {
  const table = (await route.runTable?.(call as never)) as AnswerTable
  const bytes = await call.services.scorer.encode({ table, type }, call.signal)
  call.reply.type(type).header('vary', 'accept')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Runs a route, once for all requests with the same `Idempotency-Key` where it takes one. */
async function answer(route: Route, call: Call, request: FastifyRequest): Promise<Answered> {
  const key = request.headers['idempotency-key']
  if (!route.takesIdempotencyKey || key === undefined) return run(route, call, request)
  const { method, url, body, user } = request
  const repeatable = { user: user.name, key: String(key), method, url, body }
  const { answered, isRepeated } = await call.services.idempotency.answer(repeatable, () =>
    run(route, call, request),
  )
  if (isRepeated) call.reply.header('idempotent-replayed', 'true')
  return answered
}

async function run(
  { run, audit, status = 200 }: Route,
  call: Call,
  request: FastifyRequest,
): Promise<Answered> {
  const { reply, services } = call
  const result = await run(call as never)
  if (audit !== undefined)
    await services.audit.add({
      by: request.user.name,
      action: audit,
      subject: request.url,
      requestId: request.id,
    })
  const location = reply.getHeader('location')
  return {
    status: reply.statusCode === 200 ? status : reply.statusCode,
    ...(location !== undefined && { location: String(location) }),
    result,
  }
}

function parsed(schema: z.ZodObject, value: unknown, place: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = [place, ...issue.path.map(String)].join('/')
  throw createError('request-invalid', { where, reason: `is not accepted: ${issue.message}` })
}

function noQuery({ query }: FastifyRequest): object {
  const [name] = Object.keys(query as object)
  if (name === undefined) return {}
  throw createError('request-invalid', { where: `query/${name}`, reason: 'is not known here' })
}

function invalidBody({ validationError }: FastifyRequest): Error {
  const [issue] = validationError?.validation ?? []
  const where = `body${issue?.instancePath ?? ''}`
  const more =
    issue?.params && 'additionalProperty' in issue.params ? `: ${issue.params.additionalProperty}` : ''
  return createError('request-invalid', {
    where,
    reason: `${issue?.message ?? 'is not accepted'}${more}`.slice(0, 300),
  })
}

function checkType({ headers, body }: FastifyRequest, types: readonly string[]): void {
  const type = String(headers['content-type'] ?? '')
    .split(';')[0]
    .trim()
    .toLowerCase()
  if (body !== undefined && body !== null && types.includes(type)) return
  throw createError('media-type', {
    got: type === '' ? 'none' : type.slice(0, 100),
    wanted: types.join(' or '),
  })
}

/** Aborts when the client leaves before its answer. */
function abortSignal({ raw }: FastifyReply): AbortSignal {
  const abort = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) abort.abort()
  })
  return abort.signal
}
