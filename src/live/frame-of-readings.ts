import { channelSources } from '../align/index.js'
import type { Frame } from '../core/frame.js'
import { countPlace, createTally, unknownStateNotes } from '../ingest/index.js'
import { derivedOf, type ModelInfo } from '../model/index.js'
import type { Reading } from '../sources/index.js'
import { createDeviceChannels } from './channels.js'

/** How the samples of a whole series become those of a model. */
export interface SeriesChannels {
  /** The columns that are read. */
  readonly names: readonly string[]
  /** Those whose readings may be texts. */
  readonly states: ReadonlySet<string>
  /** @param rows `[N]` readings in the order of `names` */
  frame(rows: readonly (readonly Reading[])[], times: Pick<Frame, 'timeMs' | 'timeKind'>): Frame
  /** What is to be said of the readings of the same rows: texts of states that the model does not know. */
  notes(rows: readonly (readonly Reading[])[]): string[]
}

/**
 * Reads the columns that a model learnt from, and computes its channels from them as a stream does. Where a series has the channels themselves, these are taken
 * as they are.
 *
 * @param has whether the series has a column
 */
export function seriesChannels(
  info: Pick<ModelInfo, 'channels' | 'options' | 'training'>,
  has: (name: string) => boolean,
): SeriesChannels {
  const { channels } = info
  const derived = channels.every(has) ? [] : derivedOf(info)
  const names = channelSources(channels, derived).columns
  const states = new Set(derived.flatMap(({ kind, from }) => (kind === 'state' ? [from] : [])))
  const channelsOf = (timeKind: Frame['timeKind']) => {
    const { cadence: _, ...options } = info.options
    const training = { ...info.training, timeKind }
    return createDeviceChannels({ channels, options: { ...options, derived }, training })
  }
  return {
    names,
    states,
    frame(rows, { timeMs, timeKind }) {
      const computed = channelsOf(timeKind)
      const values = new Float64Array(rows.length * names.length)
      rows.forEach((row, i) => {
        values.set(computed.numbersOf(names, row), i * names.length)
      })
      const whole = { timeMs, timeKind, values, channels: names }
      if (derived.length === 0) return whole
      const parts = [computed.push(whole), computed.end()]
      return { ...whole, channels, values: Float64Array.from(parts.flatMap(part => [...part.values])) }
    },
    notes(rows) {
      const { numbersOf } = channelsOf('index')
      const unknown = new Map([...states].map(name => [name, createTally()] as const))
      for (const [name, tally] of unknown) {
        const c = names.indexOf(name)
        rows.forEach((reading, row) => {
          if (numbersOf([name], [reading[c]!])[0]! < 0)
            countPlace(tally, () => ({ file: '', row, got: JSON.stringify(reading[c]).slice(0, 60) }))
        })
      }
      return unknownStateNotes(unknown, derived)
    },
  }
}
