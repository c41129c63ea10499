import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { sampleCount } from '../core/frame.js'
import { labelsOf, readLabels } from '../evaluate/index.js'
import { parseRanges } from '../pipeline/index.js'

/**
 * Labels from the text of a file: one 0 or 1 a line, or one interval a line, `START,END`, half-open, in samples or in times. A first line
 * without a digit at its start is a header.
 *
 * Errors: `labels-length`, `labels-value`, `option-invalid`.
 */
export function parseLabels(text: string, frame: Frame): Uint8Array {
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '')
  const rows = lines.slice(/^\s*["']?\d/.test(lines[0] ?? '0') ? 0 : 1)
  if (!rows.some(line => /[,;:]|\.\./.test(line)))
    return readLabels(
      rows.map(line => Number(line.trim() || Number.NaN)),
      sampleCount(frame),
    )
  const intervals = rows.flatMap(line => parseRanges(rangeOf(line), frame, '--labels'))
  return labelsOf(intervals, sampleCount(frame))
}

/** A line of two fields as `A:B` or `FROM..TO`; a line that is a range already stays. */
function rangeOf(line: string): string {
  const fields = line.split(/[,;\t]/).map(field => field.trim().replaceAll('"', ''))
  if (fields.length === 1) return fields[0]
  const [start, end] = fields
  if (fields.length < 2 || start === '' || end === '')
    throw createError('option-invalid', {
      name: '--labels',
      got: line,
      where: 'the file',
      wanted: 'one 0 or 1 a line, or START,END, is wanted',
    })
  return /^\d+$/.test(start) && /^\d+$/.test(end) ? `${start}:${end}` : `${start}..${end}`
}
