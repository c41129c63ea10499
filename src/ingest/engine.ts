import { resolve } from 'node:path'
import { createError } from '../core/errors.js'
import type { Roles } from './columns.js'
import type { Header } from './header.js'

/** What the typed scan found: NaN stands for whatever could not be read as a number, a time or a label. */
export interface Scan {
  readonly rows: number
  readonly time?: Float64Array
  readonly label?: Float64Array
  /** `[rows * channels]` row-major. */
  readonly values: Float64Array
}

// The engine must not fetch extensions, nor spill into the working folder.
const SETTINGS = {
  threads: '2',
  memory_limit: '1GB',
  temp_directory: '',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
}

const LABEL = (column: string) =>
  `case lower(trim(${column})) when '0' then 0 when '1' then 1 when 'false' then 0 when 'true' then 1
   else coalesce(try_cast(${column} as double), 'nan') end::double`

async function loadEngine() {
  try {
    return (await import('@duckdb/node-api')).DuckDBInstance
  } catch (error) {
    throw createError('engine-missing', { reason: (error as Error).message.split('\n')[0]! }, error)
  }
}

/**
 * Reads rows `[start, end)` with every type given beforehand, so that the engine neither guesses nor skips a line.
 * Throws the engine's own error where a row does not fit. Cost O(rows), one pass; memory: the result and one chunk.
 */
export async function scanTable(header: Header, roles: Roles, start: number, end: number): Promise<Scan> {
  const Instance = await loadEngine()
  const instance = await Instance.create(':memory:', SETTINGS)
  try {
    const connection = await instance.connect()
    await connection.run("set TimeZone = 'UTC'")
    const stream = await connection.stream(scanQuery(header, roles))
    const width = roles.channels.length
    const side = [roles.time, roles.label].filter(role => role !== undefined).length
    const expected = Math.max(16, Math.min(header.expectedRows, end) - start)
    let values = new Float64Array(expected * width)
    let sides = Array.from({ length: side }, () => new Float64Array(expected))
    let rows = 0
    for (let seen = 0; seen < end; ) {
      const chunk = await stream.fetchChunk()
      if (!chunk || chunk.rowCount === 0) break
      const from = Math.min(chunk.rowCount, Math.max(0, start - seen))
      const to = Math.min(chunk.rowCount, end - seen)
      seen += chunk.rowCount
      if (from >= to) continue
      const needed = rows + to - from
      if (needed * width > values.length || needed > (sides[0]?.length ?? needed)) {
        const capacity = Math.ceil(needed * 1.5)
        values = resized(values, capacity * width)
        sides = sides.map(array => resized(array, capacity))
      }
      for (let j = 0; j < side + width; j++) {
        // The vector of a DOUBLE column is a typed array that its declaration hides.
        const { items } = chunk.getColumnVector(j) as unknown as { items: Float64Array }
        if (j < side) sides[j]!.set(items.subarray(from, to), rows)
        else for (let i = from, o = rows * width + j - side; i < to; i++, o += width) values[o] = items[i]!
      }
      rows = needed
    }
    connection.closeSync()
    sides = sides.map(array => resized(array, rows))
    return {
      rows,
      time: roles.time && sides[0],
      label: roles.label && sides[side - 1],
      values: resized(values, rows * width),
    }
  } finally {
    instance.closeSync()
  }
}

function resized(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (array.length === length) return array
  if (array.length > length) return array.slice(0, length)
  const larger = new Float64Array(length)
  larger.set(array)
  return larger
}

function scanQuery({ file, gzip, delimiter, names }: Header, { time, label, channels }: Roles): string {
  const isChannel = new Set(channels)
  const types = names.map((_, i) => {
    if (i === time?.column) return time.kind === 'text' ? 'timestamptz' : 'double'
    return isChannel.has(i) ? 'double' : 'varchar'
  })
  const selected = channels.map(i => `coalesce(c${i}, 'nan')`)
  if (label) selected.unshift(LABEL(`c${label.column}`))
  if (time) {
    const column = `c${time.column}`
    const value = time.kind === 'text' ? `epoch_us(${column})::double / 1000` : column
    selected.unshift(`coalesce(${value}, 'nan')`)
  }
  // Columns are known by position, so no name from the file ever becomes SQL.
  return `select ${selected.join(', ')} from read_csv('${pathLiteral(file)}', auto_detect = false, header = true, skip = 0,
    delim = '${delimiter}', quote = '"', escape = '"', strict_mode = true, null_padding = false, ignore_errors = false,
    compression = '${gzip ? 'gzip' : 'none'}', columns = {${types.map((type, i) => `'c${i}': '${type}'`).join(', ')}})`
}

/** An absolute path whose glob characters stand for themselves. */
function pathLiteral(file: string): string {
  return resolve(file).replace(/[*?[]/g, '[$&]').replaceAll("'", "''")
}
