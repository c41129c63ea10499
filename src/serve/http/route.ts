import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { Role, User } from '../access/roles.js'
import type { Services } from '../services.js'
import type { AnswerTable } from '../tables/encode.js'

/** A request that was validated, with who made it and what answers it. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly user: User
  readonly services: Services
  /** Of the request, in answers and logs. */
  readonly id: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  /** For the status and headers of the answer, and for answers that are sent piece by piece. */
  readonly reply: FastifyReply
}

/** Who may use a route: a role, or `open` for what needs no key on a loopback address, or `public` for what never needs one. */
export type Access = Role | 'open' | 'public'

/** One route: what it takes and answers, and what it does. */
export interface Route<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With parameters as `{name}`. */
  readonly path: string
  /** One line for `openapi.json`. */
  readonly summary: string
  readonly access: Access
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Types of a body that is not JSON; it is given as text, or bytes for types that are not text. */
  readonly bodyTypes?: readonly string[]
  /** Bytes; default that of the server. */
  readonly bodyLimit?: number
  readonly response: R
  /** Of the answer, where it is not JSON. */
  readonly responseType?: string
  /** Of success. Default 200. */
  readonly status?: number
  /** Whether a client may repeat it safely with the header `Idempotency-Key`: routes that create something. */
  readonly takesIdempotencyKey?: true
  /** Gives the answer as a table, for clients that accept one instead of JSON. */
  runTable?(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<AnswerTable>
  /** What the change is called in the audit log; routes that change something have one. */
  readonly audit?: string
  run(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<z.input<R> | undefined>
}

/** Types `run` by the schemas of the route. */
export function defineRoute<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  R extends z.ZodType,
>(route: Route<P, Q, B, R>): Route {
  return route as unknown as Route
}
