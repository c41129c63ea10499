export { createRuntime } from './threads.js'
