import { scanTime } from '../../core/time-text.js'

/** Names and values of one line, in its order. */
export type Fields = readonly (readonly [string, string])[]

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.\-/%°[\]()]*`
const STAMP = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?`
const PAIR = new RegExp(
  String.raw`(${NAME})(?:=|: ?)("(?:[^"\\]|\\.)*"|${STAMP}(?=[\s,;]|$)|[^\s,;"]+)(?:[\s,;]+|$)`,
  'uy',
)
const LEAD = new RegExp(String.raw`^(.{6,40}?)[\s,;]+(?=${NAME}(?:=|: ?)\S)`, 'u')
const LONGEST = 1 << 16

/**
 * The fields of a line of `name=value` or `name: value`, which blanks or commas part, after a time or without; undefined for every other line.
 *
 * @example
 * import { parseFields } from './fields.js'
 * parseFields('time=2024-05-13T10:00:00Z temp=20.5') // => [['time', '2024-05-13T10:00:00Z'], ['temp', '20.5']]
 */
export function parseFields(line: string): Fields | undefined {
  const text = line.trim()
  if (text.length > LONGEST) return undefined
  const lead = LEAD.exec(text)
  const stamp = lead === null ? undefined : lead[1]!
  const isStamped = stamp !== undefined && scanTime(stamp) !== undefined
  const fields: (readonly [string, string])[] = isStamped ? [['time', stamp]] : []
  PAIR.lastIndex = isStamped ? lead![0].length : 0
  while (PAIR.lastIndex < text.length) {
    const found = PAIR.exec(text)
    if (found === null) return undefined
    const [, name, value] = found as unknown as [string, string, string]
    fields.push([name, value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value])
  }
  return fields.length > 1 ? fields : undefined
}
