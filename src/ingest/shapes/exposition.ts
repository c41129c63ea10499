/** One sample of a text that Prometheus scrapes, or that its tools dump. */
export interface ExposedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
  /** Undefined where it is the time of the scrape. */
  readonly time: string | undefined
}

const SAMPLE =
  /^\s*([a-zA-Z_:][\w:.]*)?\s*(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?Inf|NaN)(?:\s+(-?\d+(?:\.\d+)?))?(?:\s+# .*)?\s*$/i
const LABEL = /("(?:[^"\\]|\\.)*"|[^\s,={}"]+)\s*(?:=\s*"((?:[^"\\]|\\.)*)")?\s*,?/g

/**
 * Reads one sample, `name{label="x"} value time`; undefined for any other text.
 *
 * @example
 * import { parseSample } from './exposition.js'
 * parseSample('temp{site="a"} 21.5 1709251200000').labels // => { site: 'a' }
 */
export function parseSample(line: string): ExposedSample | undefined {
  const [, before, braces = '', value, time] = SAMPLE.exec(line) ?? []
  if (value === undefined) return undefined
  const labels: Record<string, string> = Object.create(null)
  let name = before
  for (const [, key = '', text] of braces.slice(1, -1).matchAll(LABEL)) {
    // A name beyond letters stands in quotes among the labels.
    if (text === undefined) name ??= unescaped(key.replace(/^"|"$/g, ''))
    else if (key === '__name__') name ??= unescaped(text)
    else labels[key.replace(/^"|"$/g, '')] = unescaped(text)
  }
  return name === undefined ? undefined : { name, labels: { ...labels }, value, time }
}

/**
 * The name of a sample among those of series: of its own name, and with labels that are its own. Its own name where there is none.
 *
 * @example
 * import { parseSample, seriesAmong } from './exposition.js'
 * seriesAmong(parseSample('temp{job="x",site="a"} 21.5'), new Set(['temp{site="a"}', 'temp{site="b"}'])) // => 'temp{site="a"}'
 */
export function seriesAmong({ name, labels }: ExposedSample, series: Iterable<string>): string {
  for (const one of series) {
    if (!one.startsWith(`${name}{`)) continue
    const known = Object.entries(parseSample(`${one} 0`)?.labels ?? {})
    if (known.length > 0 && known.every(([label, text]) => labels[label] === text)) return one
  }
  return name
}

const unescaped = (text: string) => text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))

/** Whether a line is a comment of an exposition, which no other text has. */
export const isExpositionComment = (line: string): boolean =>
  /^# (?:(?:HELP|TYPE|UNIT) \S+|EOF\s*$)/.test(line)
