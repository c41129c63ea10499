import { scanTime } from '../../core/time-text.js'
import { joinSeries } from './join-series.js'
import { isCell, isRow, rowsOf } from './row.js'
import type { Shape } from './shape.js'

type Pairs = readonly (readonly [unknown, unknown])[]
const LISTS = ['data', 'points', 'values']

/** Series of charts: pairs of time and value by name, `{"p": [[t, v], ...]}`, in objects with a name, `[{"name", "data": [[t, v], ...]}]`, or times and values apart, `[{"name", "x", "y"}]`. */
export const pairsShape: Shape = {
  name: 'series of pairs of time and value',
  mayBe: head => /^(?:\{"[^"]*":\[\[|\[\{)/.test(head) && (/:\[\[/.test(head) || /"x":\[/.test(head)),
  rows([document]) {
    const found = Array.isArray(document)
      ? rowsOf(document).map(one => ({ name: one.name, pairs: pairsIn(one) }))
      : isRow(document)
        ? Object.entries(document).map(([name, list]) => ({ name, pairs: pairsOf(list) }))
        : []
    const isWhole = found.every(({ name, pairs }) => typeof name === 'string' && pairs !== undefined)
    const names = new Set(found.map(({ name }) => name))
    if (found.length === 0 || !isWhole || names.size < found.length || names.has('time')) return undefined
    // An empty one brings all into the order of their times.
    return joinSeries([
      ...found.map(({ name, pairs }) => ({
        time: 'time',
        samples: pairs!.map(([time, value]) => [time, [[String(name), value]]] as const),
      })),
      { time: 'time', samples: [] },
    ])
  },
}

function pairsIn(series: Readonly<Record<string, unknown>>): Pairs | undefined {
  const { x, y } = series
  if (Array.isArray(x) && Array.isArray(y))
    return x.length === y.length ? pairsOf(x.map((time, i) => [time, y[i]])) : undefined
  const key = LISTS.find(one => Array.isArray(series[one]))
  return key === undefined ? undefined : pairsOf(series[key])
}

/** Pairs whose first cells are times; undefined for anything else. */
function pairsOf(list: unknown): Pairs | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined
  const isPair = (item: unknown) =>
    Array.isArray(item) && item.length === 2 && item.every(isCell) && isTime(item[0])
  return list.every(isPair) ? list : undefined
}

const isTime = (cell: unknown) =>
  typeof cell === 'number' ? cell > 1e8 : typeof cell === 'string' && scanTime(cell) !== undefined
