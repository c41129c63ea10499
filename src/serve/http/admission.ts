import type { FastifyReply, FastifyRequest } from 'fastify'
import { createError } from '../../core/errors.js'
import { createRateLimiter } from '../access/rate.js'
import { type Role, reaches, type User } from '../access/roles.js'
import type { Services } from '../services.js'
import type { Limits } from './limits.js'
import type { Access } from './route.js'
import { keyOfProtocols } from './upgrade.js'

declare module 'fastify' {
  interface FastifyRequest {
    user: User
    /** Whether the key that opened a connection may still be used. */
    isStillAllowed(): Promise<boolean>
    /** Counts one more message of a connection as a request. Errors: `rate-exceeded`. */
    countMessage(): void
    /** The request is done; a second call changes nothing. */
    leave(): void
  }
}

export interface AdmissionOptions {
  readonly limits: Limits
  /** Names that clients may reach it by, without port. */
  readonly hosts: ReadonlySet<string>
  /** Whether it listens on a loopback address only. */
  readonly isLocal: boolean
}

/** Who may enter: host, key, role, rate and the number of requests that are worked on at the same time. */
export interface Admission {
  /** Errors: `host-refused`, `server-busy`, `key-needed`, `key-refused`, `role-needed`, `rate-exceeded`. */
  enter(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

const ANONYMOUS: User = { name: 'anonymous', role: 'viewer' }
/** Time after which the whole rate is there again, seconds. */
const RATE_SECONDS = 1

export function createAdmission(services: Services, options: AdmissionOptions): Admission {
  const { limits, hosts, isLocal } = options
  const { keys, now } = services
  const rate = createRateLimiter(limits.perSecond, now)
  const refusals = createRateLimiter(limits.refusalsPerSecond, now)
  let active = 0

  async function userOf(request: FastifyRequest, access: Access | undefined): Promise<User> {
    const wanted: Role | undefined = access === 'open' || access === 'public' ? undefined : access
    const given = keyOf(request)
    if (given === undefined) {
      if (wanted === undefined && (isLocal || access === undefined)) return ANONYMOUS
      throw createError('key-needed', {})
    }
    const user = await keys.userOf(given)
    if (user === undefined) {
      if (refusals.take(request.ip) < 0)
        throw createError('rate-exceeded', { wanted: limits.refusalsPerSecond })
      throw createError('key-refused', {})
    }
    if (wanted !== undefined && !reaches(user.role, wanted))
      throw createError('role-needed', { wanted, got: user.role })
    return user
  }

  const takeRate = ({ user, ip }: FastifyRequest) => rate.take(user === ANONYMOUS ? ip : user.name)

  return {
    async enter(request, reply) {
      const { access } = request.routeOptions.config as { access?: Access }
      if (access === 'public') return
      if (!hosts.has(hostOf(request)))
        throw createError('host-refused', { got: hostOf(request).slice(0, 100) })
      if (!services.isOpen()) throw createError('server-busy', { reason: 'it stops' })
      if (active >= limits.concurrent)
        throw createError('server-busy', { reason: `${active} requests are under way` })
      active++
      let isHere = true
      request.leave = () => {
        if (isHere) active--
        isHere = false
      }
      request.user = await userOf(request, access)
      request.isStillAllowed = async () => {
        const given = keyOf(request)
        return given === undefined || (await keys.userOf(given))?.role === request.user.role
      }
      request.countMessage = () => {
        if (takeRate(request) < 0) throw createError('rate-exceeded', { wanted: limits.perSecond })
      }
      const left = takeRate(request)
      reply.header('ratelimit-limit', limits.perSecond)
      reply.header('ratelimit-remaining', Math.max(0, left))
      reply.header('ratelimit-reset', RATE_SECONDS)
      if (left < 0) throw createError('rate-exceeded', { wanted: limits.perSecond })
    },
  }
}

/** The name by which a client reaches this server, without port. */
function hostOf({ headers }: FastifyRequest): string {
  const host = headers.host ?? (headers[':authority'] as string | undefined) ?? ''
  return host.replace(/:\d+$/, '').toLowerCase()
}

/** The key of a request; undefined for none. */
function keyOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers
  if (authorization === undefined) return keyOfProtocols(request.raw)
  const [, key = ''] = /^Bearer (\S{1,200})$/i.exec(authorization) ?? []
  return key
}
