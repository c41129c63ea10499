import type { LiveSample, Series } from '../../src/serve/contract/index.js'

type Cell = number | null
export interface ChannelColumns {
  readonly name: string
  readonly unit: string | null
  readonly min: Cell[]
  readonly max: Cell[]
  readonly expected: Cell[]
  readonly low: Cell[]
  readonly high: Cell[]
}

/** A series that grows: intervals of equal length `stepMs`, columns of equal length; null where there is nothing. */
export interface Columns {
  readonly stepMs: number
  readonly spanMs: number
  readonly timeMs: number[]
  readonly score: Cell[]
  readonly coverage: Cell[]
  readonly channels: readonly ChannelColumns[]
  /** Samples of the last interval, and those with a score. */
  last: { samples: number; scored: number }
}

const PARTS = ['min', 'max', 'expected', 'low', 'high'] as const
/** Intervals that may be kept beside those of the range, as a share of it: columns are shortened now and then, not for each sample. */
const SPARE = 0.25

export function columnsOf(series: Series): Columns {
  const { stepMs, fromMs, toMs, timeMs, score, coverage, channels } = series
  return {
    stepMs: Math.max(1, stepMs),
    spanMs: toMs - fromMs,
    timeMs: [...timeMs],
    score: [...score],
    coverage: [...coverage],
    channels: channels.map(channel => ({
      ...channel,
      ...(Object.fromEntries(PARTS.map(part => [part, [...channel[part]]])) as Record<
        (typeof PARTS)[number],
        Cell[]
      >),
    })),
    last: { samples: 1, scored: score[score.length - 1] === null ? 0 : 1 },
  }
}

const larger = (a: Cell, b: Cell): Cell => (a === null ? b : b === null ? a : Math.max(a, b))
const smaller = (a: Cell, b: Cell): Cell => (a === null ? b : b === null ? a : Math.min(a, b))

/** Adds a sample to the last interval, or opens the next one. A sample from before the last interval is left out. */
export function appendSample(columns: Columns, sample: LiveSample): void {
  const { timeMs, score, coverage, channels, stepMs, last } = columns
  const at = timeMs.length - 1
  const isNext = at < 0 || sample.timeMs >= timeMs[at] + stepMs
  if (!isNext && sample.timeMs < timeMs[at]) return
  if (isNext) {
    const origin = at < 0 ? 0 : timeMs[at]
    timeMs.push(origin + Math.floor((sample.timeMs - origin) / stepMs) * stepMs)
    last.samples = last.scored = 0
    for (const column of [score, coverage, ...channels.flatMap(channel => PARTS.map(part => channel[part]))])
      column.push(null)
  }
  const i = timeMs.length - 1
  last.samples++
  if (sample.score !== null) last.scored++
  score[i] = larger(score[i], sample.score)
  coverage[i] = last.scored / last.samples
  channels.forEach((channel, c) => {
    channel.max[i] = larger(channel.max[i], sample.values[c] ?? null)
    channel.min[i] = smaller(channel.min[i], sample.values[c] ?? null)
    channel.expected[i] = sample.expected[c] ?? channel.expected[i]
    channel.low[i] = sample.low[c] ?? channel.low[i]
    channel.high[i] = sample.high[c] ?? channel.high[i]
  })
  shorten(columns)
}

function shorten({ timeMs, score, coverage, channels, stepMs, spanMs }: Columns): void {
  if (timeMs[timeMs.length - 1] - timeMs[0] < spanMs * (1 + SPARE) + stepMs) return
  const firstMs = timeMs[timeMs.length - 1] - spanMs - stepMs
  const drop = timeMs.findIndex(time => time >= firstMs)
  for (const column of [
    timeMs,
    score,
    coverage,
    ...channels.flatMap(channel => PARTS.map(part => channel[part])),
  ])
    column.splice(0, drop)
}
