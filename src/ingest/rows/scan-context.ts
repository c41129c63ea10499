import type { Engine } from '../../engine/index.js'
import type { Roles } from '../columns/columns.js'
import type { RawTimes } from '../columns/times.js'
import type { ReadSummary } from '../summary.js'
import type { Relation } from '../tables/relation.js'
import type { Place } from '../tally.js'

/** What is done about readings that are missing, cells that are no numbers, and rows that cannot be read. */
export interface Tolerance {
  readonly missing: 'error' | 'keep'
  readonly badCells: 'error' | 'missing'
  readonly badRows: 'error' | 'skip'
}

/** Consecutive rows as they were stored. NaN stands for what is missing, an infinite reading for what is no finite number. */
export interface RawRows {
  /** `[n]` number of each row in its table, 0 = the first. */
  readonly row: Float64Array
  readonly time?: RawTimes
  readonly label?: Float64Array
  readonly device?: readonly (string | null)[]
  /** `[n * C]` row-major. */
  readonly values: Float64Array
  /** Whether every reading is known to be finite. */
  readonly isFinite?: boolean
  /** Line and text of a cell, where they are at hand. */
  describe?(row: number, column: number): Pick<Place, 'line' | 'got'>
}

export interface ScanContext {
  readonly engine: Engine
  readonly relation: Relation
  readonly roles: Roles
  readonly tolerance: Tolerance
  readonly summary: ReadSummary
  /** Where the readings of the next rows can lie for good; new memory without it. */
  readonly room?: Room
}

/** Gives memory for that many cells, which belongs to the rows until they are handed on. */
export type Room = (cells: number) => Float64Array

/** Half-open range of row numbers. */
export interface RowRange {
  readonly start: number
  readonly end: number
}
