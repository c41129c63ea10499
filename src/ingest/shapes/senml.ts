import { createError } from '../../core/errors.js'
import { joinSeries, type Series } from './join-series.js'
import { isRow, type Row } from './row.js'
import type { Shape } from './shape.js'

const KEYS = new Set(
  ['bn', 'bt', 'bu', 'bv', 'bs', 'bver', 'n', 'u', 'v', 'vs', 'vb', 'vd', 's'].concat(['t', 'ut']),
)
const READINGS = ['v', 'vb', 'vs', 's'] as const
/** Smaller times count from the moment at which the pack arrived (RFC 8428, 4.5.3). */
const FIRST_ABSOLUTE = 2 ** 28

/** Sensor Measurement Lists (RFC 8428): a pack of records, one record or one pack per line. */
export const senmlShape: Shape = {
  name: 'SenML',
  isJoined: true,
  mayBe(head) {
    const first = /^\[?(\{[^{}]*\})/.exec(head)?.[1]
    if (first === undefined || !/"(?:bn|bt|bver|n)":/.test(first)) return false
    try {
      return isRecord(JSON.parse(first)) && /"(?:bn|bt|bver|v|vb|vs|s)":/.test(first)
    } catch {
      return false
    }
  },
  rows(documents, _note, file) {
    const packs = documents.every(isRow) ? [documents] : documents
    if (!packs.every(pack => Array.isArray(pack) && pack.length > 0 && pack.every(isRecord))) return undefined
    const records = (packs as Row[][]).flatMap(resolved)
    if (records.length === 0) return undefined
    if (records.some(({ time }) => time < FIRST_ABSOLUTE))
      throw createError('data-not-a-table', {
        file,
        reason:
          'it is SenML whose times count from its arrival; give the first record a base time bt, in seconds since 1970',
      })
    const byName = new Map<string, [unknown, [[string, unknown]]][]>()
    for (const { name, time, value } of records) {
      const samples = byName.get(name) ?? []
      byName.set(name, samples)
      samples.push([time, [[name, value]]])
    }
    return joinSeries([...byName.values()].map((samples): Series => ({ time: 'time', samples })))
  },
}

const isRecord = (value: unknown): value is Row =>
  isRow(value) && Object.keys(value).length > 0 && Object.keys(value).every(key => KEYS.has(key))

/** The records of one pack that hold a reading, with the base of the record before them or their own. */
function resolved(pack: readonly Row[]): { name: string; time: number; value: unknown }[] {
  const base = { bn: '', bt: 0, bv: 0, bs: 0 }
  return pack.flatMap(record => {
    for (const key of ['bt', 'bv', 'bs'] as const)
      if (typeof record[key] === 'number') base[key] = record[key]
    if (typeof record.bn === 'string') base.bn = record.bn
    const key = READINGS.find(one => record[one] !== undefined)
    if (key === undefined) return []
    const reading = record[key]
    const offset = key === 'v' ? base.bv : key === 's' ? base.bs : 0
    return [
      {
        name: `${base.bn}${String(record.n ?? '')}`,
        time: base.bt + Number(record.t ?? 0),
        value: typeof reading === 'number' ? reading + offset : reading,
      },
    ]
  })
}
