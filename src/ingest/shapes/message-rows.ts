import { parseSample, seriesAmong } from './exposition.js'
import { isPointless, parsePoint, pointReadings } from './line-protocol.js'
import { type Row, rowOf } from './row.js'
import { headOf, mayBeShaped, shapedRows } from './shaped-rows.js'

/** The rows of one message in a form that tables are read in as well. */
export interface MessageRows {
  readonly form: string
  readonly rows: readonly Row[]
}

/** Characters of a message that show its shape. */
const HEAD = 1 << 12

/**
 * The rows of a message of JSON that is of a known shape, by the columns of the table that it would be; undefined for any other. Names that a table makes of
 * what distinguishes its series are those of the message alone.
 *
 * @param known columns and channels that are read
 * @throws DataError for one of a known shape that cannot be used; RangeError for one that is nested too deep
 */
export function jsonRows(
  payload: string,
  json: unknown,
  known: ReadonlySet<string>,
): MessageRows | undefined {
  if (!mayBeShaped(headOf(payload.slice(0, HEAD)))) return undefined
  const found = shapedRows([json], 'it', known)
  return found && { form: found.notes[0]!.replace(/^read as /, ''), rows: found.rows }
}

/** The rows of a message of lines that are readings: line protocol, or samples of Prometheus; undefined for any other. */
export function lineRows(payload: string, known: ReadonlySet<string>): MessageRows | undefined {
  const lines = payload.split('\n').filter(line => !isPointless(line))
  const points = lines.map(parsePoint)
  if (!points.includes(undefined))
    return {
      form: 'line protocol of InfluxDB',
      rows: points.flatMap(point =>
        pointReadings(point!, field => known.has(`${point!.measurement}.${field}`)),
      ),
    }
  const samples = lines.map(parseSample)
  if (samples.includes(undefined)) return undefined
  const rows = samples.map(sample => {
    const { time, value } = sample!
    const series = seriesAmong(sample!, known)
    return rowOf([
      ...(time === undefined ? [] : [['time', time] as const]),
      ['series', series],
      ['value', value],
    ])
  })
  return { form: 'the text format of Prometheus', rows }
}

/** Whether a single line is a message with readings. */
export const isReadingLine = (line: string): boolean =>
  parsePoint(line)?.time !== undefined || /^# (?:HELP|TYPE|UNIT) /.test(line) || isSeries(line)

const isSeries = (line: string) => line.includes('{') && parseSample(line) !== undefined
