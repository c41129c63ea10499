import { joinSeries, seriesNames } from './join-series.js'
import { isRow, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** The answer of the HTTP API of Prometheus and its relatives to a query over a range, or of an instant. */
export const prometheusShape: Shape = {
  name: 'an answer of Prometheus',
  mayBe: head => /"resultType":"(?:matrix|vector)"/.test(head),
  rows([document]) {
    const data = isRow(document) && isRow(document.data) ? document.data : document
    if (!isRow(data)) return undefined
    const series = rowsOf(data.result).map(({ metric, values, value }) => {
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
