import { createError, type TelltaleError } from '../../core/errors.js'
import { sqlName } from '../../engine/index.js'
import type { Relation } from './relation.js'

/** The rows of a relation that a condition holds for; they keep their numbers. The condition sees the columns by their names. */
export function filterRelation(relation: Relation, where: string): Relation {
  const names = relation.names.map(sqlName)
  const aliases = relation.names.map((_, i) => `c${i}`)
  let numbered = 'row_of_table'
  while (relation.names.some(name => name.toLowerCase() === numbered)) numbered += '_'
  return {
    ...relation,
    isExact: false,
    rowColumn: 'number_of_row',
    where,
    from: (
      uses,
      lengths,
    ) => `(select * from (select *, row_number() over () - 1 from ${relation.from(uses, lengths)}) as numbered(${[...names, numbered].join()})
      where (\n${where}\n)) as filtered(${[...aliases, 'number_of_row'].join()})`,
  }
}

/** The error of a condition that the engine does not take. */
export function conditionError(where: string, reason: string): TelltaleError {
  const wanted = `it must be a condition of SQL over the columns: ${reason}`
  return createError('option-invalid', { name: '--where', got: where, where: 'the command', wanted })
}
