import { createError, type TelltaleError } from '../../core/errors.js'
import { type Engine, sqlName } from '../../engine/index.js'
import { type Condition, type Relation, readingSql } from './relation.js'

/** Columns and values of a message. */
const MOST = { columns: 4, values: 8 }

/** The error of a condition that holds for no row: with the range or the values of the columns that it names. Cost: one pass. */
export async function noneLeft(
  engine: Pick<Engine, 'rows'>,
  { where, relation }: Condition,
): Promise<TelltaleError> {
  const facts: string[] = []
  for (const i of columnsIn(where, relation.names).slice(0, MOST.columns)) {
    // What cannot be said of a column is no reason to hide that no row is left.
    const fact = await factOf(engine, relation, i).catch(() => undefined)
    if (fact !== undefined) facts.push(`${relation.names[i]} is ${fact}`)
  }
  const reason = [`no row is left with ${where}`, ...(facts.length === 0 ? [] : [facts.join(', ')])].join(
    '; ',
  )
  return createError('data-none-left', { file: relation.file, reason, option: '--where' })
}

/** The columns whose names stand in a condition. */
function columnsIn(where: string, names: readonly string[]): number[] {
  const words = new Set(
    where
      .replace(/'[^']*'|"[^"]*"/g, ' ')
      .toLowerCase()
      .split(/[^\p{L}\p{N}_]+/u),
  )
  return [...names.keys()].filter(
    i => words.has(names[i]!.toLowerCase()) || where.includes(sqlName(names[i]!)),
  )
}

/** The range of numbers and of many texts, such as times, or the few different texts. */
async function factOf(
  engine: Pick<Engine, 'rows'>,
  relation: Relation,
  i: number,
): Promise<string | undefined> {
  const from = relation.from(new Map())
  const text = `trim(c${i}::varchar)`
  const isTyped = relation.kinds[i] === 'time' || relation.kinds[i] === 'wall'
  const number = isTyped ? 'null::double' : readingSql(relation, i)
  // The texts of flags are numbers to a reading, not to a condition.
  const isFlag = `regexp_matches(${text}, '^[a-zA-Z]')`
  const [found] = await engine.rows(
    `select count(t)::double as filled, count(x)::double as numbers, min(x) as low, max(x) as high, min(t) as first, max(t) as last,
      (list(distinct t))[:${MOST.values + 1}] as texts from (select nullif(${text}, '') as t, case when isfinite(${number}) and not ${isFlag} then ${number} end as x from ${from})`,
  )
  const { filled, numbers, low, high, first, last, texts } = found!
  if (filled === 0) return 'empty'
  if (Number(numbers) * 2 > Number(filled)) return `${low} to ${high}`
  const values = (texts as string[]).toSorted()
  return values.length > MOST.values ? `${first} to ${last}` : values.join(' or ')
}
