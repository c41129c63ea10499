import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Engine } from '../../engine/index.js'
import type { RoleOptions } from '../columns/role-options.js'
import { joinCells, type TimeRole } from '../columns/time-role.js'
import { createTimeReader, type TimeReader } from '../columns/times.js'
import type { ReadSummary } from '../summary.js'
import { isoSql, type Relation, textSql } from './relation.js'
import { streamOf } from './typed.js'

interface LongTimes {
  readonly relation: Relation
  readonly time: TimeRole
  readonly source: string
  /** SQL of whether a row is the header once more. */
  readonly headers: string
  /** SQL of the columns d, s, v, x and n. */
  readonly rest: string
  readonly options: RoleOptions & { readonly folder: string }
  readonly summary: ReadSummary
}

/**
 * Writes the readings of a long table with their times in ms since the epoch, for times that the engine does not read: each sensor of each
 * device has a clock of its own, so that an hour that is shown twice is read as in a wide table. Returns the path. Cost: one pass, one copy.
 */
export async function placeTimes(engine: Engine, long: LongTimes): Promise<string> {
  const { relation, time, source, headers, rest, options, summary } = long
  await mkdir(options.folder, { recursive: true })
  const path = join(options.folder, `${randomBytes(8).toString('hex')}.readings`)
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  const readers = new Map<string, TimeReader>()
  const isWall = time.kind === 'wall'
  const texts = isWall ? [isoSql(relation, time.column)] : time.columns.map(i => textSql(relation, i))
  const sql = `select v, n::double, d, s, x, ${texts.map((text, i) => `${text} as t${i}`).join()} from
    (select *, ${rest} from ${source} where not coalesce(${headers}, false))`
  for await (const chunk of streamOf(engine, relation.file, sql)) {
    const [v, n] = [chunk.doubles(0), chunk.doubles(1)]
    const [d, s] = [chunk.texts(2), chunk.texts(3)]
    const x = chunk.texts(4)
    const wall = isWall ? chunk.doubles(5) : undefined
    const parts = isWall ? [] : texts.map((_, i) => chunk.texts(5 + i))
    const lines: string[] = []
    for (let i = 0; i < chunk.rows; i++) {
      const key = `${d[i]}\u0000${s[i]}`
      const reader =
        readers.get(key) ?? createTimeReader(time, relation.names[time.column]!, options, summary)
      readers.set(key, reader)
      const raw = wall
        ? Float64Array.of(wall[i]!)
        : [
            joinCells(
              parts.map(part => part[i] ?? ''),
              time.join,
            ),
          ]
      const row = n[i]! - 1
      const [ms] = reader.read(raw, () => ({ file: relation.file, row }))
      lines.push(
        `${Number.isNaN(ms!) ? 'nan' : ms},${quoted(d[i]!)},${quoted(s[i]!)},${textOf(v[i]!)},${quoted(x[i]!)},${n[i]}\n`,
      )
    }
    if (!target.write(lines.join(''))) await new Promise<void>(done => target.once('drain', () => done()))
  }
  target.end()
  await finished(target)
  return path
}

const quoted = (text: string | null) => (text === null ? '\u0001' : `"${text.replaceAll('"', '""')}"`)
const textOf = (value: number) =>
  Number.isNaN(value) ? 'nan' : value === Number.POSITIVE_INFINITY ? 'inf' : String(value)
