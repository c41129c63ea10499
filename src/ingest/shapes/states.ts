import { isRow, type Row, rowOf } from './row.js'
import type { Shape } from './shape.js'

/** The history of Home Assistant: a list of states per entity, of which perhaps only the first names it. */
export const statesShape: Shape = {
  name: 'a history of Home Assistant',
  mayBe: head => head.startsWith('[[{') && head.includes('"entity_id"'),
  rows([document]) {
    if (!Array.isArray(document)) return undefined
    const lists = document.map(list =>
      Array.isArray(list) && list.every(isRow) ? (list as Row[]) : undefined,
    )
    if (lists.some(list => list?.[0]?.entity_id === undefined)) return undefined
    return lists.flatMap(list =>
      list!.map(({ state, last_changed, last_updated }) =>
        rowOf([
          ['entity_id', list![0]!.entity_id],
          ['state', state],
          ['last_changed', last_changed ?? last_updated],
        ]),
      ),
    )
  },
}
