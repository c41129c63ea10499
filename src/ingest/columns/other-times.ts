import type { Relation } from '../tables/relation.js'
import type { Roles } from './columns.js'
import { stepsOf, timeSteps } from './time-steps.js'

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
  const own = timeSteps(relation, time).slice(0, CONSECUTIVE)
  if (isSteady(own)) return undefined
  const better = otherTimes(relation, roles).find(({ steps }) => isSteady(steps))
  if (better === undefined) return undefined
  const name = time.columns.map(i => relation.names[i]).join()
  return `times of ${name} repeat, go back or jump where those of ${better.name} rise evenly: --time-column '${better.name}' reads these`
}

function otherTimes(relation: Relation, { columns, time }: Roles) {
  return columns.flatMap(({ role, name }, i) =>
    role === 'time' && !time?.columns.includes(i)
      ? [{ name, steps: stepsOf(relation, row => row[i] ?? '').slice(0, CONSECUTIVE) }]
      : [],
  )
}

function isSteady(steps: readonly number[]): boolean {
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0
  return usual > 0 && steps.every(step => step > 0 && step <= JUMP * usual)
}
