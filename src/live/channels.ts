import {
  channelSources,
  createDeriver,
  createResampler,
  type Part,
  type ResampleOptions,
  stateText,
} from '../align/index.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { isMissingText, parseNumber, readOptions, resamplingOf as resampling } from '../ingest/index.js'
import { derivedOf, type ModelInfo } from '../model/index.js'
import type { Reading } from '../sources/index.js'

/** How the samples of a device become those of its model: channels are computed from columns as in the training. */
export interface DeviceChannels {
  /** What messages must name. */
  readonly columns: readonly string[]
  /** Equal for those that take over each other's state. */
  readonly key: string
  readonly isResampled: boolean
  /** Readings as numbers: a text of a column of states is its position among those of the training, -1 for another one. */
  numbersOf(names: readonly string[], values: readonly Reading[]): number[]
  /** The samples of the model that are known with these. */
  push(samples: Frame): Frame
  /** Samples that wait: there are no more. */
  end(): Frame
  /** What it keeps between samples, by name; undefined where it keeps nothing. */
  states(): Readonly<Record<'channels' | 'resampler', State | undefined>>
}

/** How the training brought its samples to a cadence: one of messages is complete with the first message after its step. */
function resamplingOf({
  options: { cadence, aggregate, tolerance },
  training,
}: Pick<ModelInfo, 'options' | 'training'>): ResampleOptions | undefined {
  if (cadence === undefined || training.timeKind === 'index') return undefined
  return resampling(RESAMPLING.parse({ cadence, aggregate, tolerance }))
}

const RESAMPLING = readOptions.pick({ cadence: true, aggregate: true, tolerance: true })

/**
 * Refuses a model that learnt from a part of the rows: which of the messages are like these is not known.
 *
 * @throws OptionError `stream-filtered`
 */
export function refuseFilter({ options: { where } }: Pick<ModelInfo, 'options'>): void {
  if (typeof where === 'string') throw createError('stream-filtered', { where })
}

/** @param from `states()` of another one of the same model */
export function createDeviceChannels(
  info: Pick<ModelInfo, 'channels' | 'options' | 'training'>,
  from: Partial<ReturnType<DeviceChannels['states']>> = {},
): DeviceChannels {
  const {
    channels,
    options,
    training: { timeKind },
  } = info
  const derived = derivedOf({ options })
  const { columns, sources } = channelSources(channels, derived)
  const states = new Map(derived.flatMap(({ from, values }) => (values ? [[from, values] as const] : [])))
  const deriver =
    derived.length === 0
      ? undefined
      : createDeriver(columns.length, sources, timeKind === 'utc', from.channels)
  const steps = resamplingOf(info)
  const resampler = steps && createResampler(channels.length, steps, undefined, from.resampler)
  const frameOf = (parts: readonly Part[]): Frame => ({
    timeMs: Float64Array.from(parts.flatMap(({ timeMs }) => [...timeMs])),
    values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
    channels,
    timeKind,
  })
  return {
    columns,
    key: JSON.stringify([channels, derived, timeKind, steps ?? null]),
    isResampled: steps !== undefined,
    numbersOf: (names, values) =>
      values.map((value, i) => (typeof value === 'number' ? value : codeOf(value, states.get(names[i]!)))),
    push(samples) {
      if (deriver === undefined && resampler === undefined) return samples
      const part = partOf(samples)
      const derivedParts = deriver === undefined ? [part] : deriver.push(part)
      return frameOf(
        resampler === undefined ? derivedParts : derivedParts.flatMap(one => resampler.push(one)),
      )
    },
    end() {
      const rest = deriver?.end() ?? []
      return frameOf(
        resampler === undefined ? rest : [...rest.flatMap(one => resampler.push(one)), ...resampler.end()],
      )
    },
    states: () => ({ channels: deriver?.state(), resampler: resampler?.state() }),
  }
}

function partOf({ timeMs, values }: Frame): Part {
  return { timeMs, values: Float64Array.from(values), row: timeMs }
}

function codeOf(text: string, states: readonly string[] | undefined): number {
  // Another model of the stream has states of this name; for this one it is a number.
  if (states === undefined) return parseNumber(text, '.')
  const code = states.indexOf(stateText(text))
  return code < 0 && isMissingText(text, true) ? Number.NaN : code
}
