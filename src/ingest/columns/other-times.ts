import { createTextParser } from '../../core/time-text.js'
import type { Relation } from '../tables/relation.js'
import type { Roles } from './columns.js'
import { joinCells } from './time-role.js'

/** Rows of the sample that follow on one another. */
const CONSECUTIVE = 400
/** Steps of more than this many usual ones are jumps. */
const JUMP = 5

/** Columns of times beside the one that is read, by name, whose times rise in every row of the sample. */
export function risingTimes(relation: Relation, roles: Roles): string[] {
  return otherTimes(relation, roles).flatMap(({ name, steps }) =>
    steps.length > 0 && steps.every(step => step > 0) ? [name] : [],
  )
}

/** What to say where the times that are read repeat, go back or jump, and those of another column do not; undefined where none is better. */
export function steadierTime(relation: Relation, roles: Roles): string | undefined {
  const { time } = roles
  if (time === undefined) return undefined
  const own = stepsOf(relation, row =>
    joinCells(
      time.columns.map(i => row[i] ?? ''),
      time.join,
    ),
  )
  if (isSteady(own)) return undefined
  const better = otherTimes(relation, roles).find(({ steps }) => isSteady(steps))
  if (better === undefined) return undefined
  const name = time.columns.map(i => relation.names[i]).join()
  return `times of ${name} repeat, go back or jump where those of ${better.name} rise evenly: --time-column '${better.name}' reads these`
}

function otherTimes(relation: Relation, { columns, time }: Roles) {
  return columns.flatMap(({ role, name }, i) =>
    role === 'time' && !time?.columns.includes(i)
      ? [{ name, steps: stepsOf(relation, row => row[i] ?? '') }]
      : [],
  )
}

/** Steps between consecutive times of the sample; NaN beside what is no time. */
function stepsOf({ sample }: Relation, textOf: (row: readonly string[]) => string): number[] {
  const parse = createTextParser()
  const times = sample.slice(0, CONSECUTIVE).map(row => {
    const text = textOf(row).trim()
    return text === '' || Number.isNaN(Number(text)) ? (parse(text)?.ms ?? Number.NaN) : Number(text)
  })
  return times.slice(1).map((time, i) => time - times[i]!)
}

function isSteady(steps: readonly number[]): boolean {
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0
  return usual > 0 && steps.every(step => step > 0 && step <= JUMP * usual)
}
