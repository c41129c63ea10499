import type { Problem } from '../../src/serve/contract/index.js'
import { apiKey } from './key.js'
import { createStore } from './store.js'

const BASE = '../api/v1'
const part = encodeURIComponent

/** Paths of the API below `/api/v1`. */
export const path = {
  status: () => '/status',
  overview: (query: string) => `/overview?${query}`,
  device: (id: string) => `/devices/${part(id)}`,
  series: (id: string, query: string) => `/devices/${part(id)}/series?${query}`,
  drift: (id: string) => `/devices/${part(id)}/drift`,
  events: (query: string) => `/events?${query}`,
  event: (id: string) => `/events/${part(id)}`,
  explanation: (id: string) => `/events/${part(id)}/explanation`,
  feedback: (id: string) => `/events/${part(id)}/feedback`,
  preview: (id: string, query: string) => `/events/${part(id)}/feedback/preview?${query}`,
  models: () => '/models?limit=1000',
  model: (name: string) => `/models/${part(name)}`,
  version: (name: string, version: number) => `/models/${part(name)}/versions/${version}`,
  threshold: (name: string, version: number, query = '') =>
    `/models/${part(name)}/versions/${version}/threshold${query && `?${query}`}`,
  alias: (name: string) => `/models/${part(name)}/aliases`,
  compare: (model: string, other: string) => `/models/${part(model)}/compare?other=${part(other)}`,
  comparison: (query: string) => `/comparison?${query}`,
  jobs: () => '/jobs?limit=50',
  cancel: (id: string) => `/jobs/${part(id)}/cancel`,
  jobEvents: (id: string) => `/jobs/${part(id)}/events`,
  evaluation: (id: string) => `/evaluations/${part(id)}`,
  datasets: () => '/datasets?limit=1000',
  live: (device?: string) => `/live${device === undefined ? '' : `?device=${part(device)}`}`,
}

/** An answer that is a problem, or no answer at all (status 0). */
export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** Whether the server answers. */
export const connection = createStore<'online' | 'offline'>('online')

/** Whether the server refuses the key of the page, or the lack of one. */
export const locked = createStore(false)

const NO_ANSWER = {
  type: 'about:blank',
  title: 'No connection',
  status: 0,
  code: '',
  detail: 'The server does not answer.',
  remedy:
    'Check that telltale serve is running and that this machine reaches it. The page retries by itself.',
}

/** A request with the key. Throws ApiError for every answer that is not 2xx, and when there is none. */
export async function request(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers)
  if (apiKey.get()) headers.set('authorization', `Bearer ${apiKey.get()}`)
  let response: Response
  try {
    response = await fetch(BASE + path, { ...options, headers })
  } catch (error) {
    if (options.signal?.aborted) throw error
    connection.set('offline')
    throw new ApiError(NO_ANSWER)
  }
  connection.set('online')
  locked.set(response.status === 401)
  if (!response.ok) throw new ApiError(await problemOf(response))
  return response
}

async function problemOf(response: Response): Promise<Problem> {
  const known = (await response.json().catch(() => ({}))) as Partial<Problem>
  const detail = known.detail ?? `The server answered ${response.status} ${response.statusText}.`
  return { ...NO_ANSWER, title: 'Error', remedy: '', ...known, detail, status: response.status }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request(path, { signal })).json() as Promise<T>
}

/** Sends a change. A repeated request with the same idempotency key changes nothing more. */
export async function send<T>(
  method: 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await request(path, {
    method,
    headers: {
      ...headers,
      ...(method === 'POST' && { 'idempotency-key': crypto.getRandomValues(new Uint32Array(4)).join('-') }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return (response.status === 204 ? undefined : await response.json()) as T
}
