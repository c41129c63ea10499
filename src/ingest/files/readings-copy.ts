import { createError } from '../../core/errors.js'
import { listNames } from '../../core/list-names.js'
import { isExpositionComment, parseSample } from '../shapes/exposition.js'
import { type Fields, parseFields } from '../shapes/fields.js'
import { sharedFields } from '../shapes/influx.js'
import { seriesNames } from '../shapes/join-series.js'
import { isPointless, parsePoint, pointReadings, tagColumn } from '../shapes/line-protocol.js'
import type { ReadSummary } from '../summary.js'
import { countPlace } from '../tally.js'
import { quotedCell, writeText } from './copy.js'
import type { InputFile } from './locate.js'

interface Line {
  readonly line: number
  readonly text: string
}
/** The lines of the file, from the first one on each time. */
type Lines = () => AsyncIterable<Line>
/** A text whose lines are readings, each with its own names. */
export type ReadingsForm = 'line protocol' | 'exposition' | 'fields'

/** The form of a text whose lines are readings; undefined for a table. */
export function readingsForm(lines: readonly string[], isComplete: boolean): ReadingsForm | undefined {
  // The last one may be cut.
  const seen = isComplete && lines.length === 1 ? lines : lines.slice(0, isComplete ? 20 : -1).slice(0, 20)
  const points = seen.filter(line => !isPointless(line))
  if (points.length === 0) return lines.some(isExpositionComment) ? 'exposition' : undefined
  if (points.every(line => parsePoint(line) !== undefined)) return 'line protocol'
  const isCommented = lines.some(isExpositionComment)
  const isSample = (line: string) => parseSample(line) !== undefined && (isCommented || line.includes('{'))
  if (points.every(isSample)) return 'exposition'
  return points.length >= FEWEST_FIELDS && points.every(line => parseFields(line) !== undefined)
    ? 'fields'
    : undefined
}

/** Lines of names and values that are more than chance. */
const FEWEST_FIELDS = 3

/**
 * Writes readings as a delimited text with one per row: line protocol with the columns time, the tags, field and value; an exposition with
 * time, series and value; names and values with a column per name. Memory: the names. Cost: two passes.
 *
 * @throws DataError `data-bad-line`, `data-one-scrape`
 */
export async function writeReadings(
  input: InputFile,
  form: ReadingsForm,
  lines: Lines,
  path: string,
  summary: ReadSummary,
): Promise<void> {
  const rows = await {
    'line protocol': () => pointRows(input, lines, summary),
    exposition: () => sampleRows(input, lines),
    fields: () => fieldRows(input, lines, summary),
  }[form]()
  summary.assumptions.push(`${input.file}: it was read as ${NAMES[form]}`)
  await writeText(path, async function* () {
    for await (const row of rows) yield `${row.map(cell => quotedCell(cell, ',')).join()}\n`
  })
}

const NAMES: Record<ReadingsForm, string> = {
  'line protocol': 'line protocol of InfluxDB',
  exposition: 'a dump in the text format of Prometheus',
  fields: 'lines of names and their values',
}

type Rows = AsyncIterable<readonly string[]>

async function pointRows(input: InputFile, lines: Lines, summary: ReadSummary): Promise<Rows> {
  const tags = new Set<string>()
  const fields = new Map<string, Set<string>>()
  const texts = new Set<string>()
  let cut: Line | undefined
  for await (const { line, text } of lines()) {
    if (isPointless(text)) continue
    if (cut !== undefined) throw badLine(input, cut, 'line protocol')
    const point = parsePoint(text)
    // The last line may still be being written.
    if (point === undefined) cut = { line, text }
    else if (point.time === undefined) throw badLine(input, { line, text }, 'line protocol with a time')
    for (const [tag] of point?.tags ?? []) tags.add(tag)
    if (point === undefined) continue
    const known = fields.get(point.measurement) ?? new Set()
    fields.set(point.measurement, known)
    for (const [field] of point.fields) known.add(field)
    for (const text of point.texts) texts.add(text)
  }
  if (cut !== undefined) {
    const { line, text } = cut
    countPlace(summary.skippedRows, () => ({ file: input.file, line, got: shortened(text) }))
  }
  if (texts.size > 0) summary.assumptions.push(`fields that hold text are left out: ${listNames([...texts])}`)
  const isShared = sharedFields([...fields].map(([name, own]) => ({ name, fields: [...own] })))
  const names = ['time', ...[...tags].map(tagColumn), 'field', 'value']
  return (async function* () {
    yield names
    for await (const { text } of lines()) {
      const point = isPointless(text) ? undefined : parsePoint(text)
      if (point === undefined) continue
      for (const row of pointReadings(point, isShared)) yield names.map(name => String(row[name] ?? ''))
    }
  })()
}

async function sampleRows(input: InputFile, lines: Lines): Promise<Rows> {
  const series = new Map<
    string,
    { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  >()
  const keyOf = ({ name, labels }: { name: string; labels: object }) => `${name}${JSON.stringify(labels)}`
  const times = new Set<string>()
  let timeless: Line | undefined
  for await (const { line, text } of lines()) {
    if (isPointless(text)) continue
    const sample = parseSample(text)
    if (sample === undefined) throw badLine(input, { line, text }, 'the text format of Prometheus')
    if (sample.time === undefined) timeless ??= { line, text }
    else if (times.size < 2) times.add(sample.time)
    series.set(keyOf(sample), sample)
  }
  if (times.size < 2) throw createError('data-one-scrape', { file: input.file, count: series.size })
  if (timeless !== undefined)
    throw badLine(input, timeless, 'a dump of Prometheus, which has a time in every line')
  const all = [...series.values()]
  const names = seriesNames(all)
  const nameOf = new Map(all.map((one, i) => [keyOf(one), names[i]!]))
  return (async function* () {
    yield ['time', 'series', 'value']
    for await (const { text } of lines()) {
      const sample = isPointless(text) ? undefined : parseSample(text)
      if (sample !== undefined) yield [sample.time!, nameOf.get(keyOf(sample))!, sample.value]
    }
  })()
}

/** One row per line, and one column per name. */
async function fieldRows(input: InputFile, lines: Lines, summary: ReadSummary): Promise<Rows> {
  const names = new Set<string>()
  let cut: Line | undefined
  for await (const { line, text } of lines()) {
    if (text.trim() === '') continue
    if (cut !== undefined) throw badLine(input, cut, 'lines of names and their values')
    const fields = parseFields(text)
    // The last line may still be being written.
    if (fields === undefined) cut = { line, text }
    for (const [name] of fields ?? []) names.add(name)
  }
  if (cut !== undefined) {
    const { line, text } = cut
    countPlace(summary.skippedRows, () => ({ file: input.file, line, got: shortened(text) }))
  }
  const columns = [...names]
  const rowOf = (fields: Fields) => {
    const cells = new Map(fields)
    return columns.map(name => cells.get(name) ?? '')
  }
  return (async function* () {
    yield columns
    for await (const { text } of lines()) {
      const fields = parseFields(text)
      if (fields !== undefined) yield rowOf(fields)
    }
  })()
}

function badLine({ file }: InputFile, { line, text }: Line, form: string) {
  return createError('data-bad-line', { file, line, got: shortened(text), wanted: form })
}

const shortened = (text: string) => JSON.stringify(text.slice(0, 40))
