export { cpuQuota, defaultWorkers } from './default-workers.js'
export { createPause } from './pause.js'
export { createRuntime } from './threads.js'
