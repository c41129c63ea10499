import { createError } from '../../core/errors.js'
import { asPlain } from './number.js'
import type { Decimal } from './number-form.js'
import { withoutUnit } from './unit-text.js'

const COMMA = /^[+-]?\d+,\d+(?:e[+-]?\d+)?$|^[+-]?\d{1,3}(?:[. \u00a0\u2009\u202f]\d{3})+,\d+$/i
const POINT = /^[+-]?\d*\.\d+(?:e[+-]?\d+)?$/i
/** One group of three digits: a decimal or a thousand. */
const EITHER = /^[+-]?[1-9]\d{0,2},\d{3}$/

/**
 * The decimal separator of texts, of delimited ones mostly where the delimiter is not a comma: a comma where cells hold one and none a point. Errors:
 * `data-ambiguous-number` where every number could as well hold thousands, unless it is
 * `known` from a former table.
 */
export function findDecimal(
  file: string,
  names: readonly string[],
  sample: readonly (readonly string[])[],
  { delimiter, known }: { readonly delimiter?: string; readonly known?: Decimal | undefined },
): Decimal {
  const plain = (cell: string) => asPlain(withoutUnit(cell))
  if (delimiter === ',' && !sample.some(row => row.some(cell => COMMA.test(plain(cell))))) return '.'
  let commas = 0
  let points = 0
  let isDecided = false
  let open: { readonly column: string; readonly got: string } | undefined
  for (const row of sample) {
    row.forEach((cell, i) => {
      const text = plain(cell)
      if (COMMA.test(text)) {
        commas++
        if (EITHER.test(text)) open ??= { column: names[i]!, got: text }
        else isDecided = true
      } else if (POINT.test(text)) points++
    })
  }
  // In a typed table each cell that is a text says for itself which of both it has.
  if (commas === 0 || (delimiter !== undefined && points > commas)) return '.'
  if (!isDecided && open !== undefined && known === undefined) {
    const { column, got } = open
    throw createError('data-ambiguous-number', {
      file,
      column,
      got,
      first: got.replace(',', '.'),
      second: got.replace(',', ''),
    })
  }
  return ','
}
