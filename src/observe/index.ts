export { createLogger, type Logger, type LogStreams } from './logger.js'
export { type LogOptions, logOptions } from './options.js'
export { redact } from './redact.js'
