import { splitRecord } from '../rows/records.js'

/** Characters between cells. */
export const DELIMITERS = [',', ';', '\t', '|', '^']

/** The delimiter of one line of names: the one that gives most of them, a comma where none divides it. */
export function delimiterOf(header: string): string {
  const widths = DELIMITERS.map(delimiter => splitRecord(header, delimiter).cells.length)
  return DELIMITERS[widths.indexOf(Math.max(...widths))]!
}
