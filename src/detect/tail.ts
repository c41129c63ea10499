type Floats = Float32Array | Float64Array

/** The last rows of a series, one after another in memory, while new ones come in. */
export interface Tail<A extends Floats> {
  /**
   * Puts rows behind those that are there, of which the last `keep` at least are kept.
   *
   * @returns all rows that are there, oldest first: a view that is good until the next call
   */
  append(fresh: Floats): A
  /** The last `keep` rows, or as many as there are, as a copy. */
  kept(): A
}

/** Room for further rows as a share of those that are kept: the kept ones move once for this many new ones. */
const SLACK = 1 / 16
const LEAST_SLACK = 8

/**
 * A tail of rows of `columns` numbers. Memory: 17/16 `keep` rows; a longer piece takes its own length until the next one comes. Cost O(columns) a row,
 * amortised.
 *
 * @param make the kind of array
 * @param keep rows before the next one that are still needed
 * @param rows those that are there at first, at most `keep`
 */
export function createTail<A extends Floats>(
  make: new (length: number) => A,
  columns: number,
  keep: number,
  rows?: Floats,
): Tail<A> {
  const usual = (keep + Math.max(LEAST_SLACK, Math.ceil(SLACK * keep))) * columns
  let buffer = new make(usual)
  let filled = 0
  if (rows) {
    buffer.set(rows)
    filled = rows.length
  }
  const begin = () => Math.max(0, filled - keep * columns)
  /** Leaves the kept rows at the front of a buffer with room for `more` numbers. */
  const compact = (more: number) => {
    const start = begin()
    const length = Math.max(usual, filled - start + more)
    if (length === buffer.length) buffer.copyWithin(0, start, filled)
    else {
      const other = new make(length)
      other.set(buffer.subarray(start, filled))
      buffer = other
    }
    filled -= start
  }
  return {
    append(fresh) {
      if (filled + fresh.length > buffer.length || buffer.length > usual) compact(fresh.length)
      buffer.set(fresh, filled)
      filled += fresh.length
      return buffer.subarray(0, filled) as A
    },
    kept: () => buffer.slice(begin(), filled) as A,
  }
}
