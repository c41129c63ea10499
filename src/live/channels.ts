import {
  channelSources,
  createDeriver,
  type DerivedChannel,
  derivedChannel,
  type Part,
  stateText,
} from '../align/index.js'
import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { isMissingText } from '../ingest/index.js'
import type { ModelInfo } from '../model/index.js'
import type { Reading } from '../sources/index.js'

/** How the samples of a device become those of its model: channels are computed from columns as in the training. */
export interface DeviceChannels {
  /** What messages must name. */
  readonly columns: readonly string[]
  /** Readings as numbers: a text of a column of states is its position among those of the training, -1 for another one. */
  numbersOf(names: readonly string[], values: readonly Reading[]): number[]
  /** The samples of the model that are known with these. */
  push(samples: Frame): Frame
  /** Samples that wait: there are no more. */
  end(): Frame
  /** Undefined where channels are the columns. */
  state(): State | undefined
}

/** The channels that a model computes from columns. */
export function derivedOf({ options }: Pick<ModelInfo, 'options'>): readonly DerivedChannel[] {
  return derivedChannel.array().parse(options.derived ?? [])
}

/** @param from `state()` of another one of the same model */
export function createDeviceChannels(
  { channels, options, training: { timeKind } }: Pick<ModelInfo, 'channels' | 'options' | 'training'>,
  from?: State,
): DeviceChannels {
  const derived = derivedOf({ options })
  const { columns, sources } = channelSources(channels, derived)
  const states = new Map(derived.flatMap(({ from, values }) => (values ? [[from, values] as const] : [])))
  const deriver =
    derived.length === 0 ? undefined : createDeriver(columns.length, sources, timeKind === 'utc', from)
  const frameOf = (parts: readonly Part[]): Frame => ({
    timeMs: Float64Array.from(parts.flatMap(({ timeMs }) => [...timeMs])),
    values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
    channels,
    timeKind,
  })
  return {
    columns,
    numbersOf: (names, values) =>
      values.map((value, i) => (typeof value === 'number' ? value : codeOf(value, states.get(names[i]!)))),
    push: samples => (deriver === undefined ? samples : frameOf(deriver.push(partOf(samples)))),
    end: () => frameOf(deriver?.end() ?? []),
    state: () => deriver?.state(),
  }
}

function partOf({ timeMs, values }: Frame): Part {
  return { timeMs, values: Float64Array.from(values), row: timeMs }
}

function codeOf(text: string, states: readonly string[] | undefined): number {
  const code = states?.indexOf(stateText(text)) ?? -1
  return code < 0 && isMissingText(text, true) ? Number.NaN : code
}
