import { z } from 'zod'
import { VERSION } from '../../core/version.js'
import { problem, socketMessage, socketRequest } from '../contract/index.js'
import { BINARY_TYPES, TABLE_TYPES } from '../tables/media-types.js'
import type { Route } from './route.js'

type Json = Record<string, unknown>

/** The JSON Schema of a zod schema. @param io `input` for what clients send, `output` for what they get */
export function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
  target: 'draft-7' | 'draft-2020-12',
): Json {
  const { $schema: _, ...found } = z.toJSONSchema(schema, { io, target, unrepresentable: 'any' }) as Json
  return found
}

const JSON_TYPE = 'application/json'
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A request with the same key and body is answered as the first one, and changes nothing again, for 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
}
const PROBLEM = {
  description: 'A problem: what happened, and what the client can do.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

const BINARY = { type: 'string', format: 'binary' }
/** Answers that are tables. */
const TABLES = Object.fromEntries(
  TABLE_TYPES.map(type => [type, { schema: isBinary(type) ? BINARY : { type: 'string' } }]),
)

/** Successes without a body. */
const DONE: Readonly<Record<number, string>> = {
  101: 'A WebSocket: the client sends a SocketRequest in each message, the server a SocketMessage.',
  204: 'Done.',
}

/** The description of all routes as OpenAPI 3.1. */
export function openapi(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'telltale',
      version: VERSION,
      description: 'Scores sensor data, watches streams of devices, explains events and trains models.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: {
        Problem: jsonSchema(problem, 'output', 'draft-2020-12'),
        SocketRequest: jsonSchema(socketRequest, 'input', 'draft-2020-12'),
        SocketMessage: jsonSchema(socketMessage, 'output', 'draft-2020-12'),
      },
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operation(route: Route): Json {
  const { method, path, summary, access, status = 200, response, responseType = JSON_TYPE } = route
  const isText = responseType !== JSON_TYPE
  const schema = isText ? { type: 'string' } : jsonSchema(response, 'output', 'draft-2020-12')
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next = '') => next.toUpperCase())}`,
    summary,
    ...(access !== 'public' && { security: access === 'open' ? [{ key: [] }, {}] : [{ key: [] }] }),
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(route.takesIdempotencyKey ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body !== undefined && { requestBody: bodyOf(route) }),
    responses: {
      [status]: {
        description: DONE[status] ?? 'Done.',
        ...(!(status in DONE) && { content: { [responseType]: { schema }, ...(route.runTable && TABLES) } }),
      },
      ...(path === '/readyz' && {
        '503': { description: 'Not ready.', content: { [JSON_TYPE]: { schema } } },
      }),
      '4XX': PROBLEM,
      '5XX': PROBLEM,
    },
  }
}

function bodyOf({ body, bodyTypes = [JSON_TYPE] }: Route): Json {
  const content = bodyTypes.map(type => [
    type,
    {
      schema:
        type === JSON_TYPE
          ? jsonSchema(body as z.ZodType, 'input', 'draft-2020-12')
          : isBinary(type)
            ? BINARY
            : { type: 'string' },
    },
  ])
  return { required: true, content: Object.fromEntries(content) }
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input', 'draft-2020-12') as {
    properties?: Record<string, Json>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, own]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: own,
  }))
}

function isBinary(type: string): boolean {
  return (BINARY_TYPES as readonly string[]).includes(type)
}
