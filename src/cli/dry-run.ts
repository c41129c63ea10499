import { createTimeText } from '../emit/index.js'
import { formatRows, type ResultFormat, type Row } from '../report/index.js'
import type { Source } from '../sources/index.js'

const FIRST = 10
const WAIT_MS = 500

/**
 * The first messages of a source as they would be read, one row per message; names that no model has are in a column of their own.
 *
 * @param channels empty: no model says which names are channels, so all are
 */
export async function dryRun(
  source: Source,
  channels: ReadonlySet<string>,
  signal: AbortSignal,
  format: ResultFormat,
): Promise<string> {
  const rows: Row[] = []
  const refused: Record<string, number> = {}
  const timeText = createTimeText('utc')
  while (rows.length < FIRST && !signal.aborted) {
    const delivery = await source.take(FIRST - rows.length, WAIT_MS)
    if (delivery === undefined) break
    for (const [reason, count] of Object.entries(delivery.refused))
      refused[reason] = (refused[reason] ?? 0) + count
    for (const { device, timeMs, names, values } of delivery.messages) {
      const pairs = names.map((name, i) => ({
        name,
        text: `${name}=${values[i] === undefined || Number.isNaN(values[i]) ? '' : values[i]}`,
      }))
      const list = (isKnown: boolean) =>
        pairs
          .filter(({ name }) => (channels.size === 0 || channels.has(name)) === isKnown)
          .map(({ text }) => text)
          .join(' ')
      const time = Number.isNaN(timeMs) ? 'arrival' : timeText(timeMs)
      rows.push({ time, device, channels: list(true), 'no channel': list(false) })
    }
  }
  source.stop()
  await source.close()
  const table = formatRows(rows, format)
  const bad = Object.entries(refused).map(([reason, count]) => `${count} refused: ${reason}\n`)
  return format === 'table' ? table + bad.join('') : table
}
