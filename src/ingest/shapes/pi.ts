import { joinSeries } from './join-series.js'
import { isRow, type Row, rowsOf } from './row.js'
import type { Shape } from './shape.js'

/** What a sample has: rows with any other key are of another program. */
const KEYS = new Set(
  'Timestamp Value UnitsAbbreviation Good Questionable Substituted Annotated Annotations Errors Links WebException'.split(
    ' ',
  ),
)

/** The answer of the PI Web API for one stream, `{"Items": [{"Timestamp", "Value", "Good"}]}`, or for several, `{"Items": [{"Name", "Items": [...]}]}`. */
export const piShape: Shape = {
  name: 'an answer of the PI Web API',
  isJoined: true,
  mayBe: head => /"Items":\[\{/.test(head) && /"Timestamp":"/.test(head) && /"Value":/.test(head),
  rows(documents, note) {
    if (!documents.every(isRow)) return undefined
    const items = documents.flatMap(document => rowsOf(document.Items))
    const isSet = items.some(({ Items }) => Array.isArray(Items))
    const streams = isSet ? items : documents
    const found = streams.map(({ Name, Items }) => ({
      name: String(isSet ? Name : 'Value'),
      samples: rowsOf(Items).map(sampleOf),
    }))
    if (items.length === 0 || !found.every(({ samples }) => samples.every(isSample))) return undefined
    const bad = found.flatMap(({ samples }) => samples).filter(sample => readingOf(sample) === null).length
    if (bad > 0)
      note(`${bad} ${bad === 1 ? 'reading that is' : 'readings that are'} not good are taken as missing`)
    return joinSeries(
      found.map(({ name, samples }) => ({
        time: 'Timestamp',
        samples: samples.map(sample => [sample.Timestamp, [[name, readingOf(sample)]]] as const),
      })),
    )
  },
}

const isSample = (sample: Row) =>
  'Timestamp' in sample && 'Value' in sample && Object.keys(sample).every(key => KEYS.has(key))

/** A summary has the sample one level deeper. */
const sampleOf = (item: Row): Row => (isRow(item.Value) && 'Timestamp' in item.Value ? item.Value : item)

/** A number, or the name of a state; null where a state of the system stands for it, such as No Data, and where it is not good. */
function readingOf({ Value, Good }: Row): unknown {
  if (!isRow(Value)) return Good === false ? null : Value
  return Value.IsSystem === true || Good === false ? null : Value.Name
}
