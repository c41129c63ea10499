import { floatText } from '../../core/float-text.js'
import type { Chunk, Engine } from '../../engine/index.js'
import { type BegunScan, isoSql, numberSql, type Relation } from './relation.js'

/**
 * Begins the scan of a table whose columns are numbers, flags and times, so that every column is read as a DOUBLE whatever its role is. Errors: those of the
 * engine. @param rows how many the table has @param isSingle whether a column has numbers of single precision
 */
export async function beginScan(
  engine: Engine,
  relation: Relation,
  most: number,
  isSingle: readonly boolean[],
): Promise<BegunScan> {
  const own = relation.from(new Map())
  const columns = relation.kinds.map((kind, i) =>
    kind === 'number' || kind === 'flag' ? numberSql(relation, i) : isoSql(relation, i),
  )
  const chunks = engine.stream(`select ${columns.join(', ')} from ${own}`, relation.expectedRows)
  const first = await chunks.next()
  const sample = first.done ? [] : textsOf(first.value, most, relation, isSingle)
  let isTaken = false
  const leave = async () => void (await chunks.return(undefined))
  return {
    sample,
    leave,
    async take(selected, from) {
      const places = selected.map(column => columns.indexOf(column))
      if (isTaken || from !== own || places.includes(-1)) {
        await leave()
        return undefined
      }
      isTaken = true
      return picked(first, chunks, places)
    },
  }
}

async function* picked(
  first: IteratorResult<Chunk, void>,
  rest: AsyncGenerator<Chunk>,
  places: readonly number[],
): AsyncGenerator<Chunk> {
  try {
    for (let next = first; !next.done; next = await rest.next()) {
      const chunk = next.value
      yield {
        rows: chunk.rows,
        doubles: j => chunk.doubles(places[j]!),
        texts: j => chunk.texts(places[j]!),
      }
    }
  } finally {
    await rest.return(undefined)
  }
}

/** The first rows of a chunk as a person would write them. */
function textsOf(
  chunk: Chunk,
  most: number,
  { kinds }: Relation,
  isSingle: readonly boolean[],
): readonly (readonly string[])[] {
  const columns = kinds.map((kind, i) => {
    const write = kind === 'time' || kind === 'wall' ? timeText : isSingle[i] ? floatText : numberText
    return Array.from(chunk.doubles(i).subarray(0, Math.min(most, chunk.rows)), write)
  })
  return Array.from({ length: Math.min(most, chunk.rows) }, (_, row) => columns.map(column => column[row]!))
}

const numberText = (x: number) => (Number.isNaN(x) ? '' : String(x))
/** Empty where it is missing, and outside of the calendar of JavaScript. */
const timeText = (ms: number) => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : '')
