import { createTextParser } from '../../core/time-text.js'
import type { Relation } from '../tables/relation.js'
import { joinCells, type TimeRole } from './time-role.js'

/** Steps between consecutive times of the sample, those that are read; NaN beside what is no time. */
export function timeSteps(relation: Pick<Relation, 'sample'>, { columns, join }: TimeRole): number[] {
  return stepsOf(relation, row =>
    joinCells(
      columns.map(i => row[i] ?? ''),
      join,
    ),
  )
}

/** Steps between consecutive times of the sample; NaN beside what is no time. */
export function stepsOf(
  { sample }: Pick<Relation, 'sample'>,
  textOf: (row: readonly string[]) => string,
): number[] {
  const parse = createTextParser()
  const times = sample.map(row => {
    const text = textOf(row).trim()
    return text === '' || Number.isNaN(Number(text)) ? (parse(text)?.ms ?? Number.NaN) : Number(text)
  })
  return times.slice(1).map((time, i) => time - times[i]!)
}
