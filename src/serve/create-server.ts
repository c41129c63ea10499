import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { createError } from '../core/errors.js'
import { DAY_MS, HOUR_MS } from '../core/milliseconds.js'
import { lockFolder } from '../live/index.js'
import type { Logger } from '../observe/index.js'
import { createRuntime } from '../runtime/index.js'
import { checkRegistry, type Registry, type TrustedKey } from '../store/index.js'
import { openKeys } from './access/keys.js'
import { createConnections } from './http/connections.js'
import { createIdempotency } from './http/idempotency.js'
import { DEFAULT_LIMITS, type Limits } from './http/limits.js'
import { openapi } from './http/openapi.js'
import { errorPageRoutes, pageRoutes } from './http/page-files.js'
import { defineRoute, type Route } from './http/route.js'
import { createHttp, type HttpOptions } from './http/server.js'
import { openDatasets } from './jobs/datasets.js'
import { openEvaluations } from './jobs/evaluations.js'
import { openJobs } from './jobs/jobs.js'
import { openAudit } from './keep/audit.js'
import { Keep } from './keep/keep.js'
import { createMeasures, type Measures } from './measures.js'
import { ROUTES } from './routes/index.js'
import { metricsRoute } from './routes/metrics.js'
import { createScorer, type Scorer } from './scoring/scorer.js'
import { serveModels } from './scoring/served-models.js'
import type { Services } from './services.js'
import { createLiveBus } from './streams/live-bus.js'
import type { StreamPlan } from './streams/plan.js'
import { openStreams } from './streams/streams.js'

export interface ServerOptions {
  /** Folder of the registry of models. */
  readonly models: string
  /** Folder of everything that the server keeps; it is made, for its owner only. */
  readonly data: string
  readonly log: Logger
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Names by which clients may reach it, beside those of the address. */
  readonly allowHosts?: readonly string[]
  readonly tls?: HttpOptions['tls']
  readonly streams?: readonly StreamPlan[]
  readonly limits?: Partial<Limits>
  /** Threads that score windows, and as many for series, evaluations and tables. Default 1. */
  readonly threads?: number
  /** Windows that wait to be scored at most. Default 2000. */
  readonly mostWaiting?: number
  /** Days that samples and events are kept. Default 30. */
  readonly keepDays?: number
  /** Whether `/metrics` needs no key. Default false. */
  readonly openMetrics?: boolean
  /** Whether `/metrics` has the score of each device, 1000 at most. Default false. */
  readonly deviceMetrics?: boolean
  /** Heap of a training, MB. Default 2048. */
  readonly trainingMb?: number
  /** Public keys, one of which must have signed each model. Default: no signature is needed. */
  readonly trusted?: readonly TrustedKey[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Ms since the epoch. */
  readonly now?: () => number
}

/** A server that is ready to listen. */
export interface Server {
  readonly app: FastifyInstance
  readonly services: Services
  /** @returns its address, such as `http://127.0.0.1:8080` @throws RequestError `port-taken`; `server-unreachable` when the address cannot be had */
  listen(port: number): Promise<string>
  /** Stops in order: answers what has come, stops the streams, writes everything. */
  close(): Promise<void>
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/**
 * Makes a server of models, streams and events. One process owns the data folder.
 *
 * @throws `registry-missing`, `state-in-use`, `artefact-damaged`, `engine-missing`
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { host = '127.0.0.1' } = options
  const place = placeOf(options)
  const { services, stop, closeAll } = await openServices(options, place)
  const routes = ROUTES.map(route =>
    route === metricsRoute && options.openMetrics ? { ...route, access: 'public' as const } : route,
  )
  const app = createHttp(services, {
    routes: [
      ...routes,
      openapiRoute(routes),
      ...(await pageRoutes(pageFolder())),
      ...(await errorPageRoutes(new URL('../../docs/errors.md', import.meta.url))),
    ],
    limits: services.limits,
    hosts: new Set([...LOOPBACK, '[::1]', host, ...(options.allowHosts ?? [])]),
    isLocal: LOOPBACK.has(host),
    tls: options.tls,
    hidden: [
      [place.registry, 'of this server'],
      [place.data, 'the data folder'],
    ],
  })
  return {
    app,
    services,
    async listen(port) {
      return app.listen({ host, port }).catch(error => {
        if (error.code === 'EADDRINUSE') throw createError('port-taken', { host, port }, error)
        throw createError('server-unreachable', { url: `${host}:${port}`, reason: error.message }, error)
      })
    },
    async close() {
      stop()
      await app.close()
      await closeAll()
    },
  }
}

/** Folders of a server. */
interface Place {
  readonly registry: string
  readonly data: string
}

function placeOf({ models, data }: ServerOptions): Place {
  return { registry: resolve(models), data: resolve(data) }
}

interface OpenServices {
  readonly services: Services
  /** Takes no more requests. */
  stop(): void
  /** Closes them in the reverse of the order in which they were opened. */
  closeAll(): Promise<void>
}

async function openServices(options: ServerOptions, { registry, data }: Place): Promise<OpenServices> {
  const { now = Date.now, log } = options
  const registryFor = ({ name }: { readonly name: string }): Registry => ({
    folder: registry,
    by: name,
    now: () => new Date(now()),
  })
  await checkRegistry(registryFor({ name: 'server' }))
  await mkdir(join(data, 'streams'), { recursive: true, mode: 0o700 })
  const closing: (() => Promise<void>)[] = [await lockFolder(data)]
  const closeAll = async () => {
    for (const close of closing.splice(0).reverse())
      await close().catch(error => log.error({ err: error }, 'closing failed'))
  }
  try {
    const keep = await Keep.open(join(data, 'telltale.duckdb'))
    closing.push(() => keep.close(), forgetOld(keep, options, now))
    const audit = await openAudit(join(data, 'audit.log'), now)
    closing.push(audit.close)
    const models = serveModels(registryFor({ name: 'server' }), createRuntime(1), now, options.trusted)
    const measures = createMeasures(options.deviceMetrics ?? false, now)
    closing.push(measures.close)
    const scorer = scorerOf(options, measures)
    closing.push(scorer.close)
    const live = createLiveBus(now)
    const evaluations = openEvaluations(join(data, 'evaluations'))
    const { trainingMb: memoryMb = 2048 } = options
    const { forget: onForget } = evaluations
    const jobs = await openJobs({ folder: data, memoryMb, longestMs: DAY_MS, now, onForget })
    closing.push(jobs.close)
    const context = {
      models,
      keep,
      live,
      measures,
      folder: join(data, 'streams'),
      env: options.env ?? {},
      now,
    }
    const streams = await openStreams(context, options.streams ?? [])
    closing.push(streams.close)
    let isOpen = true
    const services: Services = {
      registryFor,
      models,
      scorer,
      keys: openKeys(data, now),
      keep,
      streams,
      live,
      connections: createConnections(),
      jobs,
      evaluations,
      datasets: openDatasets(join(data, 'datasets'), now),
      audit,
      measures,
      idempotency: createIdempotency(now),
      log,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      now,
      startedMs: now(),
      counts: { requests: 0 },
      isOpen: () => isOpen,
      backup: () => backup(keep, data, now),
    }
    const stop = () => {
      isOpen = false
    }
    return { services, stop, closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}

function scorerOf(
  { threads = 1, mostWaiting = 2000, trusted }: ServerOptions,
  { metrics }: Measures,
): Scorer {
  return createScorer({ threads, mostWaiting, metrics, trusted })
}

/** Removes what is older than it is kept, once an hour; the returned function ends that. */
function forgetOld(
  keep: Keep,
  { keepDays = 30, log }: ServerOptions,
  now: () => number,
): () => Promise<void> {
  const timer = setInterval(() => {
    keep.forget(now() - keepDays * DAY_MS).catch(error => log.error({ err: error }, 'forgetting failed'))
  }, HOUR_MS)
  timer.unref()
  return async () => clearInterval(timer)
}

async function backup(keep: Keep, data: string, now: () => number): Promise<string> {
  const folder = join(data, 'backups')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = `telltale-${new Date(now()).toISOString().replace(/[:.]/g, '')}.duckdb`
  await keep.flush()
  await keep.database.backup(join(folder, name))
  return `backups/${name}`
}

/** The description of every route. */
function openapiRoute(routes: readonly Route[]): Route {
  let text: string | undefined
  return defineRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    access: 'open',
    response: z.unknown(),
    responseType: 'application/json; charset=utf-8',
    async run() {
      text ??= JSON.stringify(openapi(routes))
      return text
    },
  })
}

/** The built page; tests run the sources directly. */
function pageFolder(): string {
  const here = import.meta.url
  const url = here.endsWith('.ts') ? new URL('../../dist/serve/page', here) : new URL('./page', here)
  return resolve(url.pathname)
}
