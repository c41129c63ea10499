import { type ChannelSource, createDeriver } from './derive.js'
import {
  createJoiner,
  createSorter,
  type DuplicatePolicy,
  type LatePolicy,
  type OrderCounts,
  type Stage,
} from './order.js'
import { type DevicePart, type DeviceSamples, type Part, pickSamples } from './part.js'
import { createResampler, type ResampleOptions } from './resample.js'

export interface LaneOptions {
  readonly hasTimes: boolean
  readonly duplicateTimes?: DuplicatePolicy
  readonly lateRows?: LatePolicy
  readonly sortSpan: number
  readonly resample?: ResampleOptions
  /** How the channels come from the columns; absent when they are the columns. */
  readonly sources?: readonly ChannelSource[]
}

/** Whether a part leaves its lane, or is left out, before the next one enters: nothing is sorted, joined or resampled. */
export function holdsNothingBack(
  options: Pick<LaneOptions, 'duplicateTimes' | 'lateRows' | 'resample' | 'sources'>,
): boolean {
  if (options.sources) return false
  const { duplicateTimes = 'keep', lateRows = 'error', resample } = options
  return lateRows !== 'sort' && (duplicateTimes === 'keep' || duplicateTimes === 'error') && !resample
}

/** What is reported of the samples that pass. */
export interface LaneCounts extends OrderCounts {
  /** A step without a sample holds the last one. */
  held(): void
  /** A text of a column of states that is not known. */
  unknownState(column: string, row: number): void
  /** The first sample of a device. */
  device(name: string): void
  /** Samples that leave a lane. */
  passed(count: number): void
}

export interface Lanes {
  push(samples: DeviceSamples): Generator<DevicePart>
  end(): Generator<DevicePart>
}

/** One lane per device: each has its own order of time, joins its own equal times and is resampled by itself. */
export function createLanes(width: number, options: LaneOptions, counts: LaneCounts): Lanes {
  const { duplicateTimes = 'keep', lateRows = 'error', sortSpan, resample } = options
  const order = { duplicateTimes, lateRows, sortSpan }
  const lanes = new Map<string, Stage>()
  const laneOf = (device: string): Stage => {
    const known = lanes.get(device)
    if (known !== undefined) return known
    const stages = options.hasTimes ? [createSorter(order, counts), createJoiner(order, counts)] : []
    if (options.sources)
      stages.push(
        createDeriver(width, options.sources, options.hasTimes, undefined, (column, row) => {
          counts.unknownState(column, row)
        }),
      )
    if (resample) stages.push(createResampler(options.sources?.length ?? width, resample, counts.held))
    const lane = inTurn(stages)
    lanes.set(device, lane)
    if (device !== '') counts.device(device)
    return lane
  }
  function* given(device: string, parts: readonly Part[]): Generator<DevicePart> {
    for (const part of parts) {
      if (part.timeMs.length === 0) continue
      counts.passed(part.timeMs.length)
      yield { device, part }
    }
  }
  return {
    *push(samples) {
      for (const { device, part } of byDevice(samples)) yield* given(device, laneOf(device).push(part))
    },
    *end() {
      for (const [device, lane] of lanes) yield* given(device, lane.end())
    },
  }
}

/** Stages one after the other as one. */
function inTurn(stages: readonly Stage[]): Stage {
  const pushFrom = (first: number, parts: Part[]) =>
    stages.slice(first).reduce((given, stage) => given.flatMap(part => stage.push(part)), parts)
  return {
    push: part => pushFrom(0, [part]),
    end: () => stages.flatMap((stage, i) => pushFrom(i + 1, stage.end())),
  }
}

function byDevice(samples: DeviceSamples): DevicePart[] {
  const { device } = samples
  if (device === undefined) return [{ device: '', part: samples }]
  const positions = new Map<string, number[]>()
  device.forEach((name, i) => {
    const known = positions.get(name ?? '')
    if (known) known.push(i)
    else positions.set(name ?? '', [i])
  })
  return [...positions].map(([name, own]) => ({ device: name, part: pickSamples(samples, own) }))
}
