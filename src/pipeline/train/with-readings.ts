import { channelsRead, pickChannels } from '../../core/channels.js'
import type { Frame } from '../../core/frame.js'
import type { HistoryBlocks } from './blocks.js'

/** A history without the channels that have no reading in it: a device need not have every sensor of its table. One without any reading stays. */
export function withReadings<History extends Frame | HistoryBlocks>(
  history: History,
): { readonly history: History; readonly empty: readonly string[] } {
  const frame: Frame = 'borders' in history ? history.frame : history
  const kept = channelsRead(frame)
  const empty = frame.channels.filter(name => !kept.includes(name))
  if (empty.length === 0 || kept.length === 0) return { history, empty: [] }
  const fewer = pickChannels(frame, kept)
  if (!('borders' in history)) return { history: fewer as History, empty }
  const channels = history.schema.channels.filter(({ name }) => kept.includes(name))
  return { history: { ...history, frame: fewer, schema: { ...history.schema, channels } }, empty }
}
