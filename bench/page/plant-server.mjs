// Serves the built page and the API of a simulated plant, for tests of the page and for its measurement.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import * as contract from '../../dist/serve/contract/index.js'
import { createAnswers } from './answers.mjs'
import { createPlant, NOW_MS } from './plant.mjs'
import { createRegistry } from './registry.mjs'

const PAGE = 'dist/serve/page'
const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  txt: 'text/plain',
}
export const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; img-src 'self' data:",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}
const JOB_EVERY_MS = 250

/**
 * A server on a free port. `rate`: samples a second of a device that is watched live; `key`: the API key that it asks for; `port`: to come back where another was.
 */
export async function startPlant({ devices = 5, days = 7, seed = 1, rate = 50, key, port = 0 } = {}) {
  const world = createPlant({ devices, days, seed })
  const answers = createAnswers(world)
  const registry = createRegistry()
  const requests = []
  const streams = new Set()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost')
    requests.push({ method: request.method, path: url.pathname, search: url.search })
    if (!url.pathname.startsWith('/api/v1/')) return sendFile(url.pathname, response)
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`)
      return send(
        response,
        401,
        problem(
          401,
          'The request has no valid API key.',
          'Send a key that telltale keys printed.',
          'ACCESS_KEY_MISSING',
        ),
      )
    const parts = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent)
    const parsed =
      request.method === 'GET' || request.method === 'DELETE'
        ? undefined
        : request.headers['content-type'] === 'application/json'
          ? JSON.parse(await bodyOf(request))
          : await bodyOf(request)
    try {
      const live = liveOf(parts, url.searchParams)
      if (live) return openStream(response, live)
      const [status, answer] = answer_(request.method, parts, url.searchParams, parsed)
      send(response, status, answer)
    } catch (error) {
      send(response, 500, problem(500, String(error?.message ?? error), '', 'INTERNAL'))
    }
  })
  function answer_(method, [first, id, second, third, fourth], query, body) {
    const missing = [
      404,
      problem(
        404,
        `There is no ${first?.replace(/s$/, '')} "${id}".`,
        'List what there is and use an id of the list.',
        'NOT_FOUND',
      ),
    ]
    if (first === 'overview') return [200, answers.overview(query)]
    if (first === 'devices' && id === undefined)
      return [200, contract.devicePage.parse({ items: world.plant.map(answers.facts), nextCursor: null })]
    if (first === 'devices') {
      const device = answers.deviceOf(id)
      if (!device) return missing
      return [
        200,
        second === 'series'
          ? answers.series(device, query)
          : second === 'drift'
            ? answers.drift(device)
            : answers.detail(device),
      ]
    }
    if (first === 'events' && id === undefined) return [200, answers.events(query)]
    if (first === 'events') {
      const event = answers.eventOf(id)
      if (!event) return missing
      if (second === 'explanation') return [200, answers.explanation(event)]
      if (second === 'feedback' && third === 'preview') return [200, answers.preview(event, query)]
      if (second === 'feedback' && method === 'POST') return [200, answers.setFeedback(event, body)]
      if (second === 'feedback' && method === 'DELETE') {
        event.feedback = null
        return [204]
      }
      return [200, answers.publicEvent(event)]
    }
    if (first === 'models' && id === undefined) return [200, registry.models()]
    if (first === 'models' && second === 'compare') return [200, registry.compare(id, query, body)]
    if (first === 'models' && id !== 'pump') return missing
    if (first === 'models' && second === 'aliases') return [200, registry.setAlias(body)]
    if (first === 'models' && fourth === 'threshold')
      return method === 'POST' ? [201, registry.addThreshold(body)] : [200, registry.threshold(query)]
    if (first === 'models') return [200, second === 'versions' ? registry.version(third) : registry.detail()]
    if (first === 'comparison') return [200, registry.comparison(query)]
    if (first === 'evaluations') return [200, registry.evaluation()]
    if (first === 'datasets')
      return [
        200,
        contract.datasetPage.parse({
          items: [
            { name: 'october', format: 'parquet', bytes: 48_120_334, sha256: 'a'.repeat(64), atMs: NOW_MS },
          ],
          nextCursor: null,
        }),
      ]
    if (first === 'jobs' && id === undefined)
      return method === 'POST'
        ? [202, registry.addJob(body)]
        : [200, contract.jobPage.parse({ items: registry.jobs, nextCursor: null })]
    if (first === 'jobs') {
      const job = registry.jobs.find(one => one.id === id)
      if (second === 'cancel') Object.assign(job, { state: 'cancelled', endedMs: NOW_MS })
      return [200, contract.job.parse(job)]
    }
    return missing
  }
  /** What a path sends as events: a function that is called with `emit` and gives back how to stop. */
  function liveOf([first, id, second], query) {
    if (first === 'live') return emit => sendLive(emit, query.get('device'))
    if (first === 'jobs' && second === 'events')
      return (emit, end) => {
        const job = registry.jobs.find(one => one.id === id)
        const timer = setInterval(() => {
          if (job.state === 'queued' || job.state === 'running') registry.advance(job)
          emit('job', contract.job.parse(job))
          if (job.state !== 'running') end()
        }, JOB_EVERY_MS)
        return () => clearInterval(timer)
      }
  }
  function sendLive(emit, id) {
    const began = performance.now()
    const device = id === null ? undefined : answers.deviceOf(id)
    let sent = 0
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * (device ? rate : 1))
      for (; sent < due; sent++)
        if (device) emit('sample', sampleOf(device, NOW_MS + (sent * 1000) / rate))
        else
          for (const one of world.plant)
            emit(
              'status',
              contract.liveStatus.parse({
                device: one.id,
                timeMs: NOW_MS + 1000 * sent,
                score: world.sampleAt(one, NOW_MS + 1000 * sent).score,
                unscored: null,
              }),
            )
    }, 20)
    return () => clearInterval(timer)
  }
  function sampleOf(device, timeMs) {
    const { cells, score } = world.sampleAt(device, timeMs)
    return contract.liveSample.parse({
      device: device.id,
      timeMs,
      score,
      reason: '',
      flag: score >= 1,
      severity: score >= 1 ? 60 : 0,
      values: cells.map(({ reading }) => reading),
      expected: cells.map(({ expected }) => expected),
      low: cells.map(({ expected, half }) => expected - half),
      high: cells.map(({ expected, half }) => expected + half),
    })
  }
  function openStream(response, start) {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': open\n\n')
    const emit = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    const stop = start(emit, () => response.end())
    const one = { emit, close: () => response.destroy() }
    streams.add(one)
    response.once('close', () => {
      stop()
      streams.delete(one)
    })
  }
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${server.address().port}/app/`,
    port: server.address().port,
    world,
    requests,
    /** Sends an event to every open stream. */
    emit(event, data) {
      for (const stream of streams) stream.emit(event, data)
    },
    async close() {
      server.close()
      server.closeAllConnections()
      for (const stream of streams) stream.close()
    },
  }
}

const problem = (status, detail, remedy, code) =>
  contract.problem.parse({
    type: `/docs/errors.md#${code}`,
    title: detail,
    status,
    detail,
    remedy,
    code,
    requestId: 'r-1',
  })

function send(response, status, body) {
  response.writeHead(status, {
    ...HEADERS,
    'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
  })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function sendFile(path, response) {
  const name = path === '/app/' ? 'index.html' : path.replace('/app/', '')
  try {
    const bytes = readFileSync(join(PAGE, name.replaceAll('/', '')))
    response.writeHead(200, { ...HEADERS, 'content-type': TYPES[name.split('.').pop()] }).end(bytes)
  } catch {
    response.writeHead(404, HEADERS).end()
  }
}

async function bodyOf(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}
