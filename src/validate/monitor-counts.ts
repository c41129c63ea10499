import type { Frame } from '../core/frame.js'
import { reachOf } from './checks/history.js'
import type { DataSchema } from './schema.js'

/** Counted per channel, one number each. */
export const FIELDS = [
  'readings',
  'missing',
  'infinite',
  'beyond',
  'above',
  'below',
  'ratio',
  'firstMissing',
  'firstBeyond',
  'value',
  'run',
  'longest',
  'longestEnd',
  'longestValue',
] as const
type Field = (typeof FIELDS)[number]
export type ChannelCounts = Record<Field, Float64Array>

export function newCounts(width: number): ChannelCounts {
  const counts = Object.fromEntries(FIELDS.map(field => [field, new Float64Array(width)])) as ChannelCounts
  for (const field of ['firstMissing', 'firstBeyond'] as const) counts[field].fill(-1)
  for (const field of ['value', 'longestValue'] as const) counts[field].fill(Number.NaN)
  return counts
}

/** What is compared from one push to the next. */
export type Compared = Pick<ChannelCounts, 'missing' | 'infinite' | 'beyond' | 'longest'>

export function snapshot({ missing, infinite, beyond, longest }: Compared): Compared {
  return {
    missing: missing.slice(),
    infinite: infinite.slice(),
    beyond: beyond.slice(),
    longest: longest.slice(),
  }
}

/** `[C]` what the history says of each channel; NaN where it says nothing. */
export interface HistoryFacts {
  readonly low: Float64Array
  readonly high: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly median: Float64Array
  /** Longest run of equal readings that is no surprise. */
  readonly usualRun: Float64Array
}

export function historyFacts(channels: readonly string[], schema: DataSchema | undefined): HistoryFacts {
  const known = channels.map(name => schema?.channels.find(channel => channel.name === name))
  const of = (value: (channel: DataSchema['channels'][number]) => number | null | undefined) =>
    Float64Array.from(known, channel => (channel && value(channel)) ?? Number.NaN)
  return {
    low: of(channel => reachOf(channel)?.low),
    high: of(channel => reachOf(channel)?.high),
    min: of(channel => channel.min),
    max: of(channel => channel.max),
    median: of(channel => channel.median),
    usualRun: of(channel => Math.max(channel.longestRun, channel.usualRun)),
  }
}

/** Counts the readings of one channel; adds 1 to `plausible` where there is one within the reach of the history. */
export function countChannel(
  counts: ChannelCounts,
  facts: HistoryFacts,
  c: number,
  { values, channels, timeMs }: Frame,
  first: number,
  plausible: Float32Array,
): void {
  const width = channels.length
  const [low, high, min, max, median] = [
    facts.low[c],
    facts.high[c],
    facts.min[c],
    facts.max[c],
    facts.median[c],
  ]
  let [value, run, longest] = [counts.value[c], counts.run[c], counts.longest[c]]
  for (let i = 0; i < timeMs.length; i++) {
    const reading = values[i * width + c]
    if (reading - reading !== 0) {
      if (Number.isNaN(reading)) counts.missing[c]++
      else counts.infinite[c]++
      if (counts.firstMissing[c] < 0) counts.firstMissing[c] = first + i
      value = Number.NaN
      run = 0
      continue
    }
    counts.readings[c]++
    if (reading < low || reading > high) {
      if (counts.beyond[c]++ === 0) counts.firstBeyond[c] = first + i
    } else plausible[i]++
    if (reading > max) counts.above[c]++
    if (reading < min) counts.below[c]++
    counts.ratio[c] += reading / median
    run = reading === value ? run + 1 : 1
    value = reading
    if (run > longest) {
      longest = run
      counts.longestEnd[c] = first + i + 1
      counts.longestValue[c] = reading
    }
  }
  counts.value[c] = value
  counts.run[c] = run
  counts.longest[c] = longest
}
