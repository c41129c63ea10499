import { joinSeries, seriesNames } from './join-series.js'
import { isRow, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** The answer of Graphite, pairs of value and time, and of OpenTSDB, values by their time: one object per series. */
export const datapointsShape: Shape = {
  name: 'an answer of Graphite or OpenTSDB',
  mayBe: head => head.startsWith('[{') && (/"datapoints":\[\[/.test(head) || /"dps":[{[]/.test(head)),
  rows([document]) {
    const found = rowsOf(document).map(({ target, metric, tags, datapoints, dps }) => ({
      name: String(target ?? metric ?? 'value'),
      labels: isRow(tags) ? tags : {},
      samples: Array.isArray(datapoints)
        ? datapoints.map(pair => (Array.isArray(pair) ? ([pair[1], pair[0]] as const) : undefined))
        : Array.isArray(dps)
          ? dps.map(pair => (Array.isArray(pair) ? ([pair[0], pair[1]] as const) : undefined))
          : isRow(dps)
            ? Object.entries(dps)
            : [undefined],
    }))
    if (found.length === 0 || found.some(({ samples }) => samples.includes(undefined))) return undefined
    const names = seriesNames(found)
    return joinSeries(
      found.map(({ samples }, i) => ({
        time: 'time',
        samples: samples.map(sample => [sample![0], [[names[i]!, sample![1]]]] as const),
      })),
    )
  },
}
