import { isRow, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** The answer of Elasticsearch or OpenSearch to a search: its documents lie in `hits.hits[]._source`. */
export const elasticsearchShape: Shape = {
  name: 'hits of Elasticsearch',
  mayBe: head => /"hits":\{.*"hits":\[\{/s.test(head) && /"_(?:source|index|id)":/.test(head),
  rows([document], note) {
    if (!isRow(document) || !isRow(document.hits)) return undefined
    const hits = rowsOf(document.hits.hits)
    const sources = hits.map(({ _source }) => _source).filter(isRow)
    if (sources.length === 0 || sources.length < hits.length) return undefined
    const { total } = document.hits
    const all = Number(isRow(total) ? total.value : total)
    if (all > hits.length) note(`it holds ${hits.length} of the ${all} hits of its search`)
    return sources
  },
}
