import { joinSeries, type Series, seriesNames } from './join-series.js'
import { isRow, type Row, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** Data frames of Grafana: an answer of its API, a list of frames, or one, with the values beside the schema or in the fields. */
export const grafanaShape: Shape = {
  name: 'data frames of Grafana',
  mayBe: head => /"fields":\[\{/.test(head) && /"type":"time"/.test(head),
  rows([document]) {
    const frames = framesOf(document)
    const fields = frames.map(fieldsOf)
    const isWhole = fields.every(list => list.length > 1 && list.some(({ isTime }) => isTime))
    if (fields.length === 0 || !isWhole) return undefined
    const channels = fields.map(list => list.filter(field => field !== timeField(list)))
    const names = seriesNames(channels.flat())
    const name = timeField(fields[0]!).name
    let next = 0
    return joinSeries(
      channels.map((own, i): Series => {
        const first = next
        next += own.length
        return {
          time: name,
          samples: timeField(fields[i]!).values.map((time, row) => [
            time,
            own.map((field, k) => [names[first + k]!, field.values[row]] as const),
          ]),
        }
      }),
    )
  },
}

function framesOf(document: unknown): Row[] {
  if (Array.isArray(document)) return rowsOf(document)
  if (!isRow(document)) return []
  if (isRow(document.results))
    return Object.values(document.results).flatMap(result => (isRow(result) ? rowsOf(result.frames) : []))
  return Array.isArray(document.frames) ? rowsOf(document.frames) : [document]
}

interface Field {
  readonly name: string
  readonly labels: Row
  readonly isTime: boolean
  readonly values: readonly unknown[]
}

const timeField = (fields: readonly Field[]) => fields.find(({ isTime }) => isTime)!

function fieldsOf(frame: Row): Field[] {
  const schema = isRow(frame.schema) ? frame.schema : frame
  const data = isRow(frame.data) && Array.isArray(frame.data.values) ? frame.data.values : []
  return rowsOf(schema.fields).map((field, i) => {
    const config = isRow(field.config) ? field.config : {}
    const values = Array.isArray(field.values) ? field.values : data[i]
    return {
      name: String(config.displayNameFromDS ?? config.displayName ?? field.name ?? `column${i + 1}`),
      labels: isRow(field.labels) ? field.labels : {},
      isTime: field.type === 'time',
      values: Array.isArray(values) ? values : [],
    }
  })
}
