import { createError } from '../core/errors.js'
import { VERSION } from '../core/version.js'
import type { Span } from './metrics.js'

/**
 * Sends spans to OpenTelemetry. The package `@opentelemetry/api` alone sends nothing: the SDK that the process loads decides where they go.
 *
 * @throws SourceError `package-missing`
 */
export async function openTelemetry(): Promise<(span: Span) => void> {
  const api = await import('@opentelemetry/api').catch((error: Error) => {
    throw createError('package-missing', { name: '@opentelemetry/api', reason: error.message }, error)
  })
  const tracer = api.trace.getTracer('telltale', VERSION)
  return ({ stage, seconds, ok }) => {
    const endTime = Date.now()
    const span = tracer.startSpan(`telltale.${stage}`, { startTime: endTime - 1000 * seconds })
    if (!ok) span.setStatus({ code: api.SpanStatusCode.ERROR })
    span.end(endTime)
  }
}
