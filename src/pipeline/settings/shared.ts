import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'

/** The default number of threads is determined at run time: all cores, at most 8. */
export const workers = option(
  z.number().int().min(1).max(64).optional(),
  'Number of threads, including the main thread; results do not depend on it. Default: all cores, at most 8.',
  { value: 'N' },
)
export const timeColumn = option(
  z.string().min(1).optional(),
  'Column with the time of each sample. Default: detected automatically.',
  { value: 'NAME' },
)
export const labelColumn = option(
  z.string().min(1).optional(),
  'Column of labels, 0 or 1: never used as a channel, only for comparison. Default: a 0/1 column named label or anomaly.',
  { value: 'NAME' },
)
export const rows = option(
  z
    .string()
    .regex(/^\d*:\d*$/, 'it must be a range of samples such as :400, 400: or 100:400')
    .optional(),
  'Half-open range of rows of the table to use, counted from 0 over all devices: :400 = the first 400. Default: all.',
  { value: 'A:B' },
)

/**
 * `A:B` as a half-open range; either side may be empty.
 *
 * @throws OptionError `option-invalid` when the range is empty
 * @example
 * import { parseRows } from './shared.js'
 * parseRows('100:400') // => { "start": 100, "end": 400 }
 * parseRows(':400') // => { "end": 400 }
 */
export function parseRows(text: string | undefined): { start?: number; end?: number } {
  if (text === undefined) return {}
  const [start, end] = text.split(':').map(side => (side === '' ? undefined : Number(side)))
  if (end !== undefined && end <= (start ?? 0)) {
    throw createError('option-invalid', {
      name: '--rows',
      got: text,
      where: 'the command',
      wanted: 'its end must lie after its start',
    })
  }
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
}
