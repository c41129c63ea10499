import { sqlName } from '../../engine/index.js'
import { type Condition, numberSql, type Relation, readingSql, type Use } from './relation.js'

/**
 * The rows of a relation that a condition holds for; they keep their numbers. The condition sees the columns by their names: channels are numbers, also those
 * that JSON or Parquet hold as text; what is no number is NULL to it. @param readings column of a long table that is read as text and holds numbers
 */
export function filterRelation(
  relation: Relation,
  { where, folder }: Omit<Condition, 'relation'>,
  readings?: string,
): Relation {
  const free = (name: string) => {
    let own = name
    while (relation.names.some(other => other.toLowerCase() === own)) own += '_'
    return own
  }
  const stored = relation.names.map((_, i) => free(`stored_${i}`))
  const row = free('row_of_table')
  const aliases = relation.names.map((_, i) => `c${i}`)
  const seen = (i: number, uses: ReadonlyMap<number, Use>) => {
    const isText = relation.header !== undefined || relation.kinds[i] === 'text'
    const number =
      relation.names[i] === readings
        ? readingSql(relation, i)
        : isText && uses.get(i) === 'number'
          ? numberSql(relation, i)
          : undefined
    return number === undefined ? `c${i}` : `case when isfinite(${number}) then ${number} end`
  }
  return {
    ...relation,
    isExact: false,
    rowColumn: 'number_of_row',
    condition: { where, relation, folder },
    from(uses, lengths) {
      const columns = relation.names.flatMap((name, i) => [
        `c${i} as ${stored[i]}`,
        `${seen(i, uses)} as ${sqlName(name)}`,
      ])
      const numbered = `(select *, row_number() over () - 1 from ${relation.from(uses, lengths)}) as numbered(${[...aliases, row].join()})`
      return `(select ${[...stored, row].join()} from (select ${[...columns, row].join()} from ${numbered})
        where (\n${where}\n)) as filtered(${[...aliases, 'number_of_row'].join()})`
    },
  }
}
