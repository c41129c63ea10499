import { z } from 'zod'
import { option } from '../core/options.js'
import { STAGES } from '../core/stage-timer.js'

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600 }
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/
const LIMIT = new RegExp(`^(?:${STAGES.join('|')})=\\d+(?:\\.\\d+)?(?:ms|s|m|h)$`)

/** Options of the metrics of a run, the section `metrics` of the configuration. */
export const metricsOptions = z.strictObject({
  file: option(
    z.string().min(1).optional(),
    'Measure the run and write what was measured to this file, again and again while it runs: .json (telltale monitor reads it), .prom or .csv.',
    { value: 'FILE', path: 'write' },
  ),
  every: option(
    z.string().regex(DURATION, 'must be a duration such as 500ms, 5s or 1m').default('5s'),
    'Time between two writings of the metrics.',
    { value: 'DURATION' },
  ),
  slow: option(
    z
      .array(z.string().regex(LIMIT, `must be STAGE=DURATION with a stage of ${STAGES.join(', ')}`))
      .default([]),
    'Limits of stages; one that takes longer is logged as a warning and counted, such as read=10s,score=500ms.',
    { value: 'STAGE=DURATION' },
  ),
  otel: option(
    z.boolean().default(false),
    'Send stages as spans to OpenTelemetry, through the package @opentelemetry/api and the SDK that the process was started with.',
  ),
})
export type MetricsSettings = z.output<typeof metricsOptions>

/** `500ms`, `5s`, `1m`, `2h` in seconds; the options have checked the text. */
export function durationSeconds(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? []
  return Number(amount) * UNIT_SECONDS[unit]
}

/** Limits by stage, seconds. */
export function slowLimits({ slow }: Pick<MetricsSettings, 'slow'>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    slow.map(text => {
      const [stage, duration] = text.split('=')
      return [stage, durationSeconds(duration)]
    }),
  )
}
