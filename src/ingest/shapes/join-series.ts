import { type Row, rowOf } from './row.js'

/** Samples of one or more channels that share their times. */
export interface Series {
  /** Name of the column of times. */
  readonly time: string
  /** What its rows have in common with no row of another series, such as the tags of a device. */
  readonly tags?: Row
  readonly samples: Iterable<readonly [time: unknown, cells: readonly (readonly [string, unknown])[]]>
}

/** One row per time, and per set of tags, of all series: of several they are brought into the order of their times. */
export function joinSeries(series: readonly Series[]): Row[] {
  const rows = new Map<string, { readonly time: unknown; readonly row: Row }>()
  for (const { time: name, tags = {}, samples } of series) {
    const prefix = JSON.stringify(tags)
    const seen = new Map<string, number>()
    for (const [time, cells] of samples) {
      const at = `${prefix}${String(time)}`
      // A time that occurs twice in one series stays twice.
      const nth = (seen.get(at) ?? 0) + 1
      seen.set(at, nth)
      const key = `${at}#${nth}`
      const found = rows.get(key)
      if (found === undefined)
        rows.set(key, { time, row: rowOf([[name, time], ...Object.entries(tags), ...cells]) })
      else Object.assign(found.row, rowOf(cells))
    }
  }
  const joined = [...rows.values()]
  if (series.length > 1) joined.sort((a, b) => compareTimes(a.time, b.time))
  return joined.map(({ row }) => row)
}

function compareTimes(a: unknown, b: unknown): number {
  const [x, y] = [Number(a), Number(b)]
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

/**
 * Names of series by their labels, as PromQL writes them: `temp{site="a"}`; labels that all of them share say nothing and are left out.
 *
 * @example
 * import { seriesNames } from './join-series.js'
 * seriesNames([{ name: 't', labels: { job: 'x', site: 'a' } }, { name: 't', labels: { job: 'x', site: 'b' } }]) // => ['t{site="a"}', 't{site="b"}']
 */
export function seriesNames(series: readonly { readonly name: string; readonly labels: Row }[]): string[] {
  const all = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))]
  const isShared = (label: string) => series.every(({ labels }) => labels[label] === series[0]!.labels[label])
  const telling = all.filter(label => !isShared(label))
  const count = (keys: readonly string[]) => new Set(keys).size
  const isOneEach =
    count(series.map(({ name }) => name)) ===
    count(series.map(({ name, labels }) => JSON.stringify([name, labels])))
  return series.map(({ name, labels }) => {
    const parts = telling
      .filter(label => labels[label] !== undefined)
      .map(label => `${label}="${labels[label]}"`)
    return isOneEach || parts.length === 0 ? name : `${name}{${parts.join()}}`
  })
}
