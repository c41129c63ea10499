import type { createServer as create } from './create-server.js'
import type { runDemo as run } from './demo/run-demo.js'

export { type KeyStore, openKeys, type StoredKey } from './access/keys.js'
export { ROLES, type Role } from './access/roles.js'
export type { Server, ServerOptions } from './create-server.js'
export type { DemoOptions } from './demo/run-demo.js'
export { DEFAULT_LIMITS, type Limits } from './http/limits.js'
export { readStreamPlans, type StreamPlan } from './streams/plan.js'

/** See `create-server.ts`. Loaded when it is called: other commands start without the packages of the server. */
export const createServer: typeof create = async options =>
  (await import('./create-server.js')).createServer(options)

/** See `demo/run-demo.ts`. Loaded when it is called. */
export const runDemo: typeof run = async options => (await import('./demo/run-demo.js')).runDemo(options)
