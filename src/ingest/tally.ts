/** Where something was found. */
export interface Place {
  readonly file: string
  /** Line of a delimited text, 1 = the header. */
  readonly line?: number
  /** Row of the table, 0 = the first. */
  readonly row?: number
  /** Time of a sample of a long table, as text. */
  readonly time?: string
  readonly column?: string
  /** What stands there. */
  readonly got?: string
  readonly reason?: string
}

/** How often something was found, and where first. */
export interface Tally {
  count: number
  /** The first few, in the order of the table. */
  readonly places: Place[]
}

const MOST_PLACES = 5

export function createTally(): Tally {
  return { count: 0, places: [] }
}

/** Counts one more; the place is only made when it is kept. */
export function countPlace(tally: Tally, place: () => Place): void {
  if (tally.count++ < MOST_PLACES) tally.places.push(place())
}

/** `3 cells are missing, first in row 17, column flow`; of several files the name of the one stands before the row. */
export function tallyText({ count, places }: Tally, one: string, many: string, isOfSeveral: boolean): string {
  const [first] = places
  const where =
    first === undefined
      ? ''
      : `, first ${first.time === undefined || isOfSeveral ? 'in ' : ''}${isOfSeveral ? `${first.file}, ` : ''}${placeText(first)}`
  return `${count} ${count === 1 ? one : many}${where}`
}

function placeText({ line, row, time, column, got, reason }: Place): string {
  const parts = [
    line === undefined ? (time === undefined ? `row ${row}` : `at ${time}`) : `line ${line}`,
    ...(column === undefined ? [] : [`column ${column}`]),
    ...(got === undefined ? [] : [`which holds ${got}`]),
  ]
  return `${parts.join(', ')}${reason === undefined ? '' : `: ${reason}`}`
}
