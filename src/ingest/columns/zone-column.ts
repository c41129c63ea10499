import { isTimeZone } from '../../core/zone-offset.js'
import type { Relation } from '../tables/relation.js'
import type { Roles } from './columns.js'
import { joinCells } from './time-role.js'

/** What to say of a column that names the same zone in every row, where the times themselves name none and are read as UTC. */
export function zoneColumnNote(relation: Relation, { time }: Roles): string[] {
  if (time === undefined || time.kind === 'number' || time.zone !== undefined) return []
  const { names, sample, kinds } = relation
  const textOf = (row: readonly string[]) =>
    joinCells(
      time.columns.map(i => row[i] ?? ''),
      time.join,
    )
  const hasOffset =
    kinds[time.column] === 'time' || sample.some(row => time.parse?.(textOf(row))?.hasOffset === true)
  if (hasOffset) return []
  return names.flatMap((name, i) => {
    const texts = new Set(sample.map(row => (row[i] ?? '').trim()))
    const [zone = ''] = texts
    if (texts.size !== 1 || !/^[A-Z][A-Za-z]+\/[A-Z]/.test(zone) || !isTimeZone(zone)) return []
    return [
      `the times name no zone and are read as UTC, but ${name} is ${zone}: --time-zone ${zone} reads them so`,
    ]
  })
}
