import { createError, type TelltaleError } from '../../core/errors.js'
import { listNames } from '../../core/list-names.js'
import { similarName } from '../../core/nearest.js'
import { sqlName } from '../../engine/index.js'
import type { Condition } from './relation.js'

/** The error of a condition that the engine does not take. @param reason the words of the engine */
export function conditionError({ where, relation }: Condition, reason: string): TelltaleError {
  const wanted = `it must be a condition of SQL over the columns: ${adviceOf(where, relation.names, reason) ?? reason}`
  return createError('option-invalid', { name: '--where', got: where, where: 'the command', wanted })
}

/** What to write in place of a name that the engine does not know, or of one that it cannot read without quotes; undefined for any other reason. */
function adviceOf(where: string, names: readonly string[], reason: string): string | undefined {
  const missing = /Referenced (?:column|table) "(.*)" not found/.exec(reason)?.[1]
  if (missing === undefined && !reason.includes('Parser Error')) return undefined
  const bare = where.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, ' ').toLowerCase()
  const unquoted = names.filter(name => name !== '' && !PLAIN.test(name) && bare.includes(name.toLowerCase()))
  if (unquoted.length > 0)
    return `names with other characters than letters, digits and _ stand in double quotes: ${listNames(unquoted.map(sqlName))}`
  if (missing === undefined) return undefined
  const columns = `the columns are ${listNames(names)}`
  const nearest = similarName(missing, names)
  if (where.includes(sqlName(missing)) && nearest === '')
    return `there is no column ${missing}, and a text stands in single quotes: '${missing}'; ${columns}`
  const quotes = nearest === '' || PLAIN.test(nearest) ? nearest : sqlName(nearest)
  return `there is no column ${missing}; ${quotes === '' ? '' : `the nearest is ${quotes}, and `}${columns}`
}

/** A name that needs no quotes. */
const PLAIN = /^[\p{L}_][\p{L}\p{N}_]*$/u
