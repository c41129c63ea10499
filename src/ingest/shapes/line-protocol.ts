import { type Row, rowOf } from './row.js'

/** One line of InfluxDB line protocol: texts as they are written, without their escapes. */
export interface LinePoint {
  readonly measurement: string
  readonly tags: readonly (readonly [string, string])[]
  /** Numbers, true and false; texts are in `texts`. */
  readonly fields: readonly (readonly [string, string])[]
  /** Names of the fields that hold texts. */
  readonly texts: readonly string[]
  /** Undefined where the receiver was to set it. */
  readonly time: string | undefined
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[iu]?$/i
const FLAGS: Readonly<Record<string, string>> = {
  ...{ t: '1', T: '1', true: '1', True: '1', TRUE: '1' },
  ...{ f: '0', F: '0', false: '0', False: '0', FALSE: '0' },
}
const QUOTED = /^"(?:[^"\\]|\\.)*"$/s

/**
 * Reads one line of line protocol, `measurement,tag=value field=value,... time`; undefined for any other text. Numbers lose their type, true and
 * false become 1 and 0.
 *
 * @example
 * import { parsePoint } from './line-protocol.js'
 * parsePoint('pump,site=hall\\ 3 p=1.5,n=3i,on=t 1709251200000000000').fields // => [['p', '1.5'], ['n', '3'], ['on', '1']]
 */
export function parsePoint(line: string): LinePoint | undefined {
  const [head, ...rest] = cut(line.trim(), ' ', true).filter(part => part !== '')
  const [fieldText, time] = rest
  if (head === undefined || fieldText === undefined || rest.length > 2) return undefined
  if (time !== undefined && !/^-?\d+$/.test(time)) return undefined
  const [measurement = '', ...tagTexts] = cut(head, ',', false)
  const tags: (Pair | undefined)[] = tagTexts.map(pairOf)
  const fields: (Pair | undefined)[] = cut(fieldText, ',', true).map(pairOf)
  const isMeasurement = measurement !== '' && cut(measurement, '=', false).length === 1
  if (!isMeasurement || !areWhole(tags) || !areWhole(fields)) return undefined
  const texts = fields.filter(([, text]) => QUOTED.test(text)).map(([name]) => unescaped(name))
  const values = fields
    .filter(([, text]) => !QUOTED.test(text))
    .map(([name, text]) => [unescaped(name), readingOf(text)] as const)
  if (values.some(([, value]) => value === undefined)) return undefined
  return {
    measurement: unescaped(measurement),
    tags: tags.map(([name, text]) => [unescaped(name), unescaped(text)] as const),
    fields: values as (readonly [string, string])[],
    texts,
    time,
  }
}

type Pair = readonly [string, string]

const areWhole = (pairs: readonly (Pair | undefined)[]): pairs is Pair[] => !pairs.includes(undefined)

function pairOf(text: string): Pair | undefined {
  const [name, value, ...more] = cut(text, '=', true)
  return name && value && more.length === 0 ? [name, value] : undefined
}

function readingOf(text: string): string | undefined {
  if (NUMBER.test(text)) return text.replace(/[iu]$/i, '')
  return Object.hasOwn(FLAGS, text) ? FLAGS[text] : undefined
}

const unescaped = (text: string) => text.replace(/\\([,= ])/g, '$1')

/** The parts of a text between delimiters that are neither escaped nor, with `hasQuotes`, within quotes. */
function cut(text: string, delimiter: string, hasQuotes: boolean): string[] {
  if (!text.includes('\\') && !text.includes('"')) return text.split(delimiter)
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"' && hasQuotes && (isQuoted || i === 0 || '=,'.includes(text[i - 1]!)))
      isQuoted = !isQuoted
    else if (text[i] === delimiter && !isQuoted) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, text.slice(start)]
}

/** Whether a line belongs to an export in line protocol without being a point: comments and the commands of `influx_inspect export`. */
export const isPointless = (line: string): boolean =>
  /^\s*(?:#.*)?$|^CREATE (?:DATABASE|RETENTION POLICY)\b/.test(line)

const OWN = new Set(['time', 'field', 'value'])

/** The column of a tag. */
export const tagColumn = (tag: string): string => (OWN.has(tag) ? `tag.${tag}` : tag)

/** The readings of a point, one row each, as a table of line protocol has them. @param isQualified whether its measurement belongs to the name of a field */
export function pointReadings(
  { measurement, tags, fields, time }: LinePoint,
  isQualified: (field: string) => boolean,
): Row[] {
  const shared = [
    ...(time === undefined ? [] : [['time', time] as const]),
    ...tags.map(([tag, value]) => [tagColumn(tag), value] as const),
  ]
  return fields.map(([field, value]) =>
    rowOf([...shared, ['field', isQualified(field) ? `${measurement}.${field}` : field], ['value', value]]),
  )
}
