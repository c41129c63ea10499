import { availableParallelism } from 'node:os'
import { createError } from '../core/errors.js'
import type { Row } from '../report/index.js'

const TIMEOUT_MS = 5000

/** Asks a route of a server. @param timeoutMs Infinity = none. Errors: `server-unreachable`, `server-answered`. */
export async function askServer(
  url: string,
  path: string,
  key: string | undefined,
  signal: AbortSignal,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<unknown> {
  const address = new URL(path, url)
  const response = await fetch(address, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal:
      timeoutMs < Number.POSITIVE_INFINITY
        ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
        : signal,
    redirect: 'error',
  }).catch(error => {
    if (signal.aborted) throw error
    const reason = error.cause?.code ?? error.cause?.message ?? error.message
    throw createError('server-unreachable', { url: address.href, reason: String(reason) }, error)
  })
  const answer = (await response.json().catch(() => ({}))) as { detail?: string; remedy?: string }
  if (response.ok) return answer
  const { detail = 'no problem details', remedy = 'Check that this is a telltale server.' } = answer
  const sentence = remedy.replace(/\.$/, '')
  throw createError('server-answered', {
    url: address.href,
    status: response.status,
    detail,
    remedy: sentence,
  })
}

/** Whether this machine has what a server needs. */
export async function checkServer(cwd: string): Promise<Row[]> {
  const engine = await import('@duckdb/node-api').then(
    () => 'ok',
    error => `missing: ${(error as Error).message.split('\n')[0]}`,
  )
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isRecent = major > 20 || (major === 20 && minor >= 19)
  return [
    {
      check: 'Node',
      state: isRecent ? 'ok' : 'too old',
      found: process.versions.node,
      wanted: '20.19 or later',
    },
    { check: 'cores', state: 'ok', found: String(availableParallelism()), wanted: '1 or more' },
    {
      check: '@duckdb/node-api',
      state: engine,
      found: engine === 'ok' ? 'installed' : 'not there',
      wanted: 'installed',
    },
    { check: 'folder', state: 'ok', found: cwd, wanted: 'any' },
  ]
}

interface ModelList {
  readonly items: readonly { readonly name: string; readonly latest: number | null }[]
}

/** Asks the routes that every server has, and scores a window with each model. Errors: as `askServer` of the first route. */
export async function testServer(url: string, key: string | undefined, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = []
  const test = async (name: string, work: () => Promise<string>) => {
    const from = performance.now()
    const found = await work().then(
      detail => ({ state: 'ok', detail }),
      error => ({ state: 'failed', detail: (error as Error).message }),
    )
    rows.push({ test: name, ...found, ms: Math.round(performance.now() - from) })
  }
  await askServer(url, '/livez', undefined, signal)
  const ask = (path: string, body?: unknown) => askServer(url, path, key, signal, body)
  await test('live', async () => String(((await ask('/livez')) as { status: string }).status))
  await test('ready', async () => String(((await ask('/readyz')) as { status: string }).status))
  await test('openapi', async () => {
    const { paths } = (await ask('/openapi.json')) as { paths: object }
    return `${Object.keys(paths).length} paths`
  })
  await test('status', async () => `role ${((await ask('/api/v1/status')) as { role: string }).role}`)
  let models: ModelList['items'] = []
  await test('models', async () => {
    models = ((await ask('/api/v1/models')) as ModelList).items
    return models.map(({ name }) => name).join(', ') || 'none'
  })
  for (const { name, latest } of models)
    if (latest !== null) await test(`score ${name}`, () => scoreZeros(ask, name, latest))
  return rows
}

/** Scores a window of zeros: that it is answered counts, not the score. */
async function scoreZeros(
  ask: (path: string, body?: unknown) => Promise<unknown>,
  name: string,
  version: number,
): Promise<string> {
  const facts = (await ask(`/api/v1/models/${name}/versions/${version}`)) as {
    readonly window: number
    readonly scoredWindow: number
    readonly channelNames: readonly string[]
    readonly devices: readonly string[]
  }
  const window = Array.from({ length: facts.scoredWindow }, () => facts.channelNames.map(() => 0))
  const [device] = facts.devices
  const body = { window, ...(device !== undefined && { device }) }
  const { results } = (await ask(`/api/v1/models/${name}/score`, body)) as { results: { score?: number }[] }
  return `score ${results[0].score?.toPrecision(4)}`
}
