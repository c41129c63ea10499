export { cpuQuota, defaultWorkers } from './default-workers.js'
export { createPause } from './pause.js'
export {
  createPool,
  type Pool,
  type PoolOptions,
  type RunOptions,
  type TaskHooks,
  type Tasks,
} from './pool.js'
export { createRuntime } from './threads.js'
