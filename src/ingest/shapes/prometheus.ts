import { joinSeries, seriesNames } from './join-series.js'
import { isRow, type Row, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** Lines of `/api/v1/export` of VictoriaMetrics: one series each, its values and its times in ms. */
export const victoriaShape: Shape = {
  name: 'an export of VictoriaMetrics',
  isJoined: true,
  mayBe: head => /^\{"metric":\{/.test(head) && /"timestamps":\[|"values":\[/.test(head),
  rows(documents) {
    const lists = ({ values, timestamps }: Row) =>
      Array.isArray(values) && Array.isArray(timestamps) && values.length === timestamps.length
    if (documents.length === 0 || !documents.every(one => isRow(one) && isRow(one.metric) && lists(one)))
      return undefined
    const series = (documents as Row[]).map(({ metric, values, timestamps }) => {
      const { __name__: name = 'value', ...labels } = metric as Row
      return { name: String(name), labels, values: values as unknown[], times: timestamps as unknown[] }
    })
    const names = seriesNames(series)
    return joinSeries(
      series.map(({ values, times }, i) => ({
        time: 'time',
        samples: times.map((time, k) => [time, [[names[i]!, values[k]]]] as const),
      })),
    )
  },
}

/** The answer of the HTTP API of Prometheus and its relatives to a query over a range, or of an instant. */
export const prometheusShape: Shape = {
  name: 'an answer of Prometheus',
  isJoined: true,
  mayBe: head => /"resultType":"(?:matrix|vector)"/.test(head),
  rows(documents) {
    const answers = documents.map(one => (isRow(one) && isRow(one.data) ? one.data : one))
    if (!answers.every(isRow)) return undefined
    const series = answers
      .flatMap(({ result }) => rowsOf(result))
      .map(({ metric, values, value }) => {
        const { __name__: name = 'value', ...labels } = isRow(metric) ? metric : {}
        return { name: String(name), labels, samples: Array.isArray(values) ? values : [value] }
      })
    const isSample = (sample: unknown) => Array.isArray(sample) && sample.length === 2
    if (series.length === 0 || !series.every(({ samples }) => samples.every(isSample))) return undefined
    const names = seriesNames(series)
    return joinSeries(
      series.map(({ samples }, i) => ({
        time: 'time',
        samples: samples.map(([time, value]) => [time, [[names[i]!, value]]] as const),
      })),
    )
  },
}
