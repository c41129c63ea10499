import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Frame } from '../../src/core/frame.js'
import { createLogger } from '../../src/observe/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { createServer, type Role, type Server, type ServerOptions } from '../../src/serve/index.js'
import { generatePlant } from '../../src/simulate/index.js'
import { saveModel, stageVersion } from '../../src/store/index.js'

/** A history, and the samples after it with faults. */
export const PLANT = generatePlant({ rows: 1500, channels: 3, faults: 6, seed: 5, difficulty: 'easy' })
export const MODEL = await trainModel(PLANT.train, {
  detector: 'pca-q',
  window: 20,
  workers: 1,
  quantile: 0.99,
})

/** A server over a registry with the model `pump`, in a folder of its own. */
export interface TestServer extends Server {
  readonly folder: string
  readonly lines: string[]
  key(role: Role): string
  /** Asks a route; the answer with its JSON. */
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, more?: Asked): Promise<Answer>
}
export interface Asked {
  readonly role?: Role | 'none'
  readonly headers?: Record<string, string>
}
export interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are looked into
  readonly json: any
}

export async function addVersion(folder: string, model = MODEL, name = 'pump'): Promise<void> {
  const registry = { folder, by: 'test', now: () => new Date(0) }
  const staged = await stageVersion(registry, name)
  await saveModel(model, staged.path)
  await staged.publish('test')
}

export async function openTestServer(
  options: Partial<ServerOptions> = {},
  folder?: string,
): Promise<TestServer> {
  const own = folder ?? (await mkdtemp(join(tmpdir(), 'telltale-serve-')))
  const models = join(own, 'models')
  if (folder === undefined) await addVersion(models)
  const lines: string[] = []
  const log = createLogger({ level: 'debug', format: 'json' }, { stderr: line => void lines.push(line) })
  const server = await createServer({ models, data: join(own, 'data'), log, ...options })
  const keys = new Map<Role, string>()
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const name = `${role}-${keys.size}-${(await server.services.keys.list()).length}`
    keys.set(role, (await server.services.keys.create(name, role)).key)
  }
  const key = (role: Role) => keys.get(role) as string
  return {
    ...server,
    folder: own,
    lines,
    key,
    async ask(method, url, body, { role = 'admin', headers = {} } = {}) {
      const isText = typeof body === 'string'
      const response = await server.app.inject({
        method,
        url,
        headers: {
          host: 'localhost',
          ...(role !== 'none' && { authorization: `Bearer ${key(role)}` }),
          ...(body !== undefined && !isText && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: isText ? body : JSON.stringify(body) }),
      })
      const text = response.payload
      const isJson = /[/+]json/.test(String(response.headers['content-type']))
      return {
        status: response.statusCode,
        headers: response.headers,
        text,
        json: isJson && text !== '' ? JSON.parse(text) : undefined,
      }
    },
  }
}

export async function closeTestServer(server: TestServer): Promise<void> {
  await server.close()
  await rm(server.folder, { recursive: true, force: true })
}

/** Samples as messages of a device, one on each line. */
export function messagesOf(
  { timeMs, values, channels }: Frame,
  device: string,
  from = 0,
  to = timeMs.length,
): string {
  return Array.from({ length: to - from }, (_, k) => {
    const i = from + k
    const readings = channels.map((name, c) => [name, values[i * channels.length + c]])
    return JSON.stringify({
      device,
      time: new Date(timeMs[i]).toISOString(),
      ...Object.fromEntries(readings),
    })
  }).join('\n')
}

/** `[rows][channels]` of samples. */
export function rowsOf({ values, channels }: Frame, from: number, to: number): number[][] {
  const width = channels.length
  return Array.from({ length: to - from }, (_, i) =>
    Array.from(values.subarray((from + i) * width, (from + i + 1) * width)),
  )
}
