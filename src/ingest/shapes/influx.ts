import { joinSeries } from './join-series.js'
import { namedRows } from './named-rows.js'
import { isRow, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** The answer of InfluxDB 1.x, also in parts of one line each: `{"results": [{"series": [{"name", "tags", "columns", "values"}]}]}`. */
export const influxShape: Shape = {
  name: 'an answer of InfluxDB',
  isJoined: true,
  mayBe: head => /^\{"results":\[\{.*"columns":\[/s.test(head),
  rows(documents) {
    const results = documents.flatMap(document => (isRow(document) ? rowsOf(document.results) : []))
    const found = results.flatMap(({ series }) => rowsOf(series))
    const tables = found.map(one => ({ one, table: namedRows(one) }))
    if (tables.length === 0 || tables.some(({ table }) => table === undefined)) return undefined
    const isShared = sharedFields(
      found.map((one, i) => ({ name: String(one.name), fields: tables[i]!.table!.names })),
    )
    return joinSeries(
      tables.map(({ one, table }) => {
        const { names, rows } = table!
        const at = Math.max(0, names.indexOf('time'))
        return {
          time: names[at]!,
          ...(isRow(one.tags) && { tags: one.tags }),
          samples: rows.map(cells => [
            cells[at],
            names.flatMap((name, i) =>
              i === at ? [] : [[isShared(name) ? `${String(one.name)}.${name}` : name, cells[i]] as const],
            ),
          ]),
        }
      }),
    )
  },
}

/** Whether a field belongs to several measurements, so that its name alone does not say which. */
export function sharedFields(series: readonly { name: string; fields: readonly string[] }[]) {
  const owners = new Map<string, Set<string>>()
  for (const { name, fields } of series)
    for (const field of fields) owners.set(field, (owners.get(field) ?? new Set()).add(name))
  return (field: string) => owners.get(field)!.size > 1
}
