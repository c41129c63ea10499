import { createError } from '../../core/errors.js'
import { isRow, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** Lines of Loki, `{"data": {"resultType": "streams", "result": [{"stream", "values"}]}}`: texts, from which a query of metrics makes numbers. */
export const lokiShape: Shape = {
  name: 'an answer of Loki',
  mayBe: head => /"resultType":"streams"/.test(head),
  rows([document], _note, file) {
    const data = isRow(document) && isRow(document.data) ? document.data : document
    const streams = isRow(data) ? rowsOf(data.result).map(({ stream }) => stream) : []
    if (streams.length === 0 || !streams.every(isRow)) return undefined
    const labels = Object.entries(streams[0]!).map(([label, value]) => `${label}="${String(value)}"`)
    throw createError('data-log-lines', {
      file,
      count: streams.length,
      selector: `{${labels.slice(0, 4).join(', ')}}`,
    })
  },
}
