export { createPause } from './pause.js'
export { createRuntime } from './threads.js'
