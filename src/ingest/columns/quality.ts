import { counted } from '../../core/counted.js'
import { sqlName, sqlText } from '../../engine/index.js'
import type { Relation } from '../tables/relation.js'

const GOOD = /^(?:good|ok|valid)$/i

/** What to say of a column of qualities with rows that are not good, whose readings are read all the same: the condition that leaves them out. Undefined where its texts do not say it. */
export function readAllTheSame(
  { names, sample }: Pick<Relation, 'names' | 'sample'>,
  column: number,
): string | undefined {
  const cells = sample.map(row => (row[column] ?? '').trim())
  const texts = new Set(cells.filter(cell => cell !== ''))
  const good = [...texts].filter(text => GOOD.test(text))
  if (good.length === 0 || good.length === texts.size) return undefined
  const bad = cells.filter(cell => cell !== '' && !good.includes(cell)).length
  const name = names[column]!
  const shown = /^[a-z_]\w*$/i.test(name) ? name : sqlName(name).replaceAll('"', '\\"')
  return `${bad} of ${counted(cells.length, 'row')} of the sample are not ${good.join(' or ')}, and are read all the same: --where "${shown} in (${good.map(sqlText).join()})" leaves them out`
}
