import { sqlPath } from '../../engine/index.js'
import type { PlainFile } from '../files/locate.js'
import type { TableForm } from '../form.js'
import { MISSING_SPELLINGS } from './cell.js'
import { type Header, readHeader } from './header.js'
import type { Decimal } from './number-form.js'
import type { Relation, Use } from './relation.js'

const TYPES: Record<Use, string> = { number: 'double', iso: 'varchar', text: 'varchar' }

/**
 * A delimited text as a relation. The engine gets the dialect and every type beforehand, so that it neither guesses nor skips a line.
 *
 * @param spelledMissing take `NA`, `null` and their like for missing; otherwise only an empty cell is
 */
export async function csvRelation(
  input: PlainFile,
  options: { readonly decimal?: Decimal; readonly form?: TableForm; readonly spelledMissing: boolean },
): Promise<Relation> {
  const header = await readHeader(input, options.decimal, options.form?.decimal)
  return {
    ...header,
    header,
    isExact: false,
    ...(input.units && { units: input.units }),
    kinds: header.names.map(() => 'text'),
    from: (uses, lengths) => scanSql(header, uses, options.spelledMissing, lengths),
  }
}

function scanSql(
  header: Header,
  uses: ReadonlyMap<number, Use>,
  spelledMissing: boolean,
  lengths: readonly number[] = [],
): string {
  const { path, compression, delimiter, decimal, names } = header
  // Columns are known by position, so no name from the file ever becomes SQL here.
  const types = names.map((_, i) => `c${i}: '${TYPES[uses.get(i) ?? 'text']}'`)
  const scan = `read_csv(${sqlPath(path)}, auto_detect = false, header = true, skip = 0, delim = '${delimiter}', quote = '"', escape = '"',
    strict_mode = true, null_padding = false, ignore_errors = false, decimal_separator = '${decimal}', compression = '${compression}',
    ${spelledMissing ? `nullstr = [${ALL_SPELLINGS}], ` : ''}columns = {${types.join(', ')}})`
  if (![...uses.values()].includes('iso')) return scan
  // The engine may read only texts of the lengths that were seen to be ISO 8601 in full; at any other it stops.
  const isoOf = (c: string) =>
    `case when strlen(${c}) in (${lengths.join()}) then ${c}::timestamptz when ${c} is null then null else error('a time of another form') end as ${c}`
  return `(select ${names.map((_, i) => (uses.get(i) === 'iso' ? isoOf(`c${i}`) : `c${i}`)).join()} from ${scan})`
}

/** The engine compares them with their case. */
const ALL_SPELLINGS = [
  ...new Set(MISSING_SPELLINGS.flatMap(text => [text, text.toUpperCase(), capitalized(text), mixed(text)])),
].map(text => `'${text.replaceAll("'", "''")}'`)

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** `nan` -> `NaN`. */
function mixed(text: string): string {
  return text === 'nan' ? 'NaN' : text
}
