import { type StageTimer, untimed } from '../core/stage-timer.js'
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  METRICS,
  type MetricName,
} from './catalogue.js'
import { createHistogram, type Histogram, type HistogramSummary } from './histogram.js'

/** Values of the labels of a metric, by label; one that is left out is the empty text. */
export type Labels = Readonly<Record<string, string>>

/** One series of a metric as it is now. */
export interface Series {
  readonly labels: Labels
  /** Of a counter or a gauge. */
  readonly value?: number
  /** Of a histogram. */
  readonly summary?: HistogramSummary
}

/** A metric with its series as they are now. */
export interface MetricFamily {
  readonly name: MetricName
  readonly series: readonly Series[]
}

/**
 * Counters, gauges and histograms of one process, and the spans around its stages. Nothing is global: who measures makes one and passes it on.
 * `NO_METRICS` has the same methods and does nothing.
 */
export interface Metrics {
  /** Adds to a counter. Default 1; what is not above 0 is not added. */
  add(name: CounterName, amount?: number, labels?: Labels): void
  /** Sets a gauge, or a counter that is counted elsewhere. */
  set(name: GaugeName | CounterName, value: number, labels?: Labels): void
  /** Adds a value to a histogram, in seconds. */
  observe(name: HistogramName, seconds: number, labels?: Labels): void
  /** Times a stage of the work as a span. */
  readonly time: StageTimer
  /** All metrics that have a series, in the order of the catalogue. */
  families(): readonly MetricFamily[]
}

export const NO_METRICS: Metrics = { add() {}, set() {}, observe() {}, time: untimed, families: () => [] }

/** Series of a metric that are kept; more are counted in `telltale_series_dropped_total`. */
export const MOST_SERIES = 1000

export interface MetricsOptions {
  /** Milliseconds of a monotonic clock. */
  now(): number
  /** Called at the end of each span: where slow ones are reported, or sent to a tracer. */
  onSpan?(span: Span): void
}

/** A stage that has ended. */
export interface Span {
  readonly stage: Parameters<StageTimer>[0]
  readonly seconds: number
  readonly ok: boolean
}

/**
 * Metrics that are empty. A value costs tens of nanoseconds, a span two readings of the clock.
 *
 * A server makes one at its start, gives `metrics.time` to the scoring (`detect(model, frame, settings, { time })`), counts its requests, and answers
 * `GET /metrics` with `await prometheusText(metrics.families())` under the content type `PROMETHEUS_TYPE`. Figures of the process come from `watchProcess`.
 *
 * @example
 * import { createMetrics } from './metrics.js'
 * const metrics = createMetrics({ now: () => 0 })
 * metrics.add('telltale_samples_scored_total', 5, { model: 'pump' })
 * metrics.add('telltale_samples_scored_total', 3, { model: 'pump' })
 * metrics.families()[0].series[0].value // => 8
 */
export function createMetrics({ now, onSpan }: MetricsOptions): Metrics {
  const store = createStore()
  const durations = new Map<string, Histogram>()
  const end = (stage: Span['stage'], started: number, ok: boolean) => {
    const seconds = Math.max(0, now() - started) / 1000
    let histogram = durations.get(stage)
    if (histogram === undefined) {
      histogram = store.histogram('telltale_stage_duration_seconds', { stage })
      durations.set(stage, histogram)
    }
    histogram.record(seconds)
    if (!ok) store.number('telltale_stage_errors_total', { stage }).value++
    onSpan?.({ stage, seconds, ok })
  }
  return {
    add(name, amount = 1, labels = {}) {
      if (amount > 0) store.number(name, labels).value += amount
    },
    set(name, value, labels = {}) {
      store.number(name, labels).value = value
    },
    observe: (name, seconds, labels = {}) => store.histogram(name, labels).record(seconds),
    time(stage, work) {
      const started = now()
      let result: ReturnType<typeof work>
      try {
        result = work()
      } catch (error) {
        end(stage, started, false)
        throw error
      }
      if (!(result instanceof Promise)) {
        end(stage, started, true)
        return result
      }
      return result.then(
        value => {
          end(stage, started, true)
          return value
        },
        error => {
          end(stage, started, false)
          throw error
        },
      ) as typeof result
    },
    families: store.families,
  }
}

interface NumberSeries {
  readonly labels: Labels
  value: number
}
interface HistogramSeries {
  readonly labels: Labels
  readonly histogram: Histogram
}

/** The series of all metrics, by name and labels; a metric keeps at most `MOST_SERIES`. */
function createStore() {
  const families = new Map<MetricName, Map<string, NumberSeries | HistogramSeries>>()
  const find = <S extends NumberSeries | HistogramSeries>(
    name: MetricName,
    labels: Labels,
    make: (labels: Labels) => S,
  ): S => {
    let family = families.get(name)
    if (family === undefined) {
      family = new Map()
      families.set(name, family)
    }
    const key = METRICS[name].labels.map(label => labels[label] ?? '').join('\u0000')
    const known = family.get(key)
    if (known !== undefined) return known as S
    const made = make(Object.fromEntries(METRICS[name].labels.map(label => [label, labels[label] ?? ''])))
    if (family.size < MOST_SERIES) family.set(key, made)
    else number('telltale_series_dropped_total', { metric: name }).value++
    return made
  }
  const number = (name: MetricName, labels: Labels) =>
    find<NumberSeries>(name, labels, own => ({ labels: own, value: 0 }))
  return {
    number,
    histogram: (name: MetricName, labels: Labels) =>
      find<HistogramSeries>(name, labels, own => ({ labels: own, histogram: createHistogram() })).histogram,
    families: (): MetricFamily[] =>
      (Object.keys(METRICS) as MetricName[]).flatMap(name => {
        const family = families.get(name)
        if (family === undefined) return []
        const series = Array.from(family.values(), one =>
          'histogram' in one
            ? { labels: one.labels, summary: one.histogram.summary() }
            : { labels: one.labels, value: one.value },
        )
        return [{ name, series }]
      }),
  }
}
