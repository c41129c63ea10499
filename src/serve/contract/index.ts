/**
 * What requests and answers hold, as zod schemas: routes are validated by them, `openapi.json` is made from them, and the page takes their types.
 * Ids go into paths percent-encoded. Times are numbers in ms since the epoch where a name ends in `Ms`.
 *
 * A client sends its key as `Authorization: Bearer KEY`. Server-sent events are read with `fetch`, because `EventSource` sends no header. The page is served at
 * `/app/` with `Content-Security-Policy: default-src 'self'` (no inline script or style element) and takes its key from the fragment `#key=KEY` of its address.
 */
export * from './common.js'
export * from './device.js'
export * from './evaluation.js'
export * from './event.js'
export * from './health.js'
export * from './inference.js'
export * from './job.js'
export * from './live.js'
export * from './model.js'
export * from './score.js'
export * from './socket.js'
export * from './stream.js'
