import { joinSeries } from './join-series.js'
import { isRow, type Row } from './row.js'
import type { Shape } from './shape.js'

/** Names that wrap a table and are no channel. */
const WRAPPERS = /^(?:data|values|rows|items|results?|records|series|points|telemetry|measurements?)$/i

/** The telemetry of ThingsBoard: `{"temp": [{"ts", "value"}, ...], "flow": [...]}`, the newest first. */
export const telemetryShape: Shape = {
  name: 'telemetry of ThingsBoard',
  isJoined: true,
  mayBe: head => /^\{"[^"]*":\[\{"(?:ts|value)":/.test(head),
  rows(documents) {
    if (!documents.every(isRow)) return undefined
    const series = documents.flatMap(document => Object.entries(document))
    if (documents.length === 1 && series.length === 1 && WRAPPERS.test(series[0]![0])) return undefined
    const isSample = (item: unknown): item is Row => isRow(item) && 'ts' in item && 'value' in item
    if (!series.every(([, list]) => Array.isArray(list) && list.every(isSample))) return undefined
    const joined = series.map(([name, list]) => ({
      time: 'ts',
      samples: (list as Row[]).map(({ ts, value }) => [ts, [[name, value]]] as const),
    }))
    // An empty one brings all into the order of their times, also where there is one series.
    return joinSeries([...joined, { time: 'ts', samples: [] }])
  },
}
