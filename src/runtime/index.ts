export { cpuQuota, defaultWorkers } from './default-workers.js'
export { createRuntime } from './threads.js'
