import type { Alignment, EventCounting } from '../../core/contracts.js'
import { type Frame, sliceFrame } from '../../core/frame.js'
import { breathe } from '../../core/pause.js'
import type { State } from '../../core/state.js'
import { fewestSamplesOf, joinScores, readingCounts } from '../../detect/index.js'
import type { Model } from '../../model/index.js'
import type { LoopHooks } from '../../session/index.js'
import { standardDeviation } from '../../stats/index.js'
import { type ChannelSteps, parseStep, type StepSizes } from '../../threshold/index.js'
import type { Prepared } from '../../validate/index.js'

/** Samples within which a step must raise an event. */
const WITHIN = 30
/** Places at which each step is injected: of the levels that they reach, the lowest but one of 20 is exceeded by 95 %. */
const PLACES = 20
const LOWEST_SHARE = 0.05
/** Normal samples before a step, beside those without a score: most of what smoothing looks back on, for a fraction of the time. */
const BEFORE = 120
/** Sizes go up or down by this factor, at most so often, until the level lies between two of them. */
const FACTOR = 4
const MOST_FACTORS = 5
/** Of a table with more channels only those that were asked for are measured: the time would be longer than the training. */
const MOST_CHANNELS = 32

/** What steps are measured with. */
export interface StepMeasurement {
  readonly alignment: Alignment
  readonly counting: EventCounting
  /** The level of interest: sizes around the one that reaches it are measured. */
  readonly level: number
  /** `NAME=X` of `--sensitivity`: these sizes are measured too. */
  readonly asked: readonly string[]
}

/**
 * How large a step in each channel must be to raise an event within 30 samples, 95 % of the time: steps up and down are injected at 20 places
 * of normal data that the model has not learnt from, at sizes around the one that reaches the level. Channels that do not move are left out, and so are those of two readings: a valve has no other step than its own.
 *
 * @param normal prepared, in units of the channels
 * @returns undefined when no interval is long enough, or there are too many channels and none was asked for
 * Cost: 600 samples are scored for each channel and size, of which there are 4 to 6.
 */
export async function measureSteps(
  stages: Pick<Model, 'detector' | 'scaler'>,
  normal: Prepared,
  measurement: StepMeasurement,
  hooks: LoopHooks = {},
): Promise<StepSizes | undefined> {
  const { channels } = normal.frame
  const asked = measurement.asked.map(parseStep)
  const counts = readingCounts(normal.frame)
  const measured = channels
    .map((name, c) => ({ name, c, spread: spreadOf(normal.frame, c) }))
    .filter(
      ({ name, c, spread }) =>
        spread > 0 &&
        ((counts[c] > 2 && channels.length <= MOST_CHANNELS) || asked.some(step => step.name === name)),
    )
  if (measured.length === 0) return undefined
  const places = await findPlaces(stages, normal, measurement.alignment, hooks)
  if (places.length === 0) return undefined
  const steps: ChannelSteps[] = []
  for (const { name, c, spread } of measured) {
    const reached = new Map<number, number>()
    const measure = async (size: number) => {
      const levels: number[] = []
      for (const [p, place] of places.entries()) {
        levels.push(
          levelReached(stages, normal.frame, place, { c, size: p % 2 === 0 ? size : -size }, measurement),
        )
        await breathe(hooks)
      }
      const level = levels.sort((a, b) => a - b)[Math.floor(LOWEST_SHARE * levels.length)]
      reached.set(size, level)
      return level
    }
    await searchAround(measure, spread, measurement.level)
    for (const { size } of asked.filter(step => step.name === name))
      if (!reached.has(size)) await measure(size)
    steps.push({ name, ...rising(reached) })
  }
  return { within: WITHIN, channels: steps }
}

/** Measures sizes until two neighbours, a factor of 2 apart, have the level between them. */
async function searchAround(
  measure: (size: number) => Promise<number>,
  first: number,
  level: number,
): Promise<void> {
  const isFound = (await measure(first)) > level
  const factor = isFound ? 1 / FACTOR : FACTOR
  let size = first
  for (let k = 0; k < MOST_FACTORS; k++) {
    size *= factor
    if ((await measure(size)) > level !== isFound) {
      await measure(size / Math.sqrt(factor))
      return
    }
  }
}

/** Sizes in order, and levels that never fall: what a step finds, a larger one finds too. */
function rising(reached: ReadonlyMap<number, number>): Pick<ChannelSteps, 'sizes' | 'levels'> {
  const sorted = [...reached].sort(([a], [b]) => a - b)
  let highest = 0
  return {
    sizes: sorted.map(([size]) => size),
    levels: sorted.map(([, level]) => {
      highest = Math.max(highest, level)
      return highest
    }),
  }
}

/** Where a step begins, and the state of a scorer that has seen the samples before it. */
interface Place {
  readonly at: number
  readonly state: State
}

/** Places spread evenly over the intervals, each with samples before it and room for a step. */
async function findPlaces(
  { detector, scaler }: Pick<Model, 'detector' | 'scaler'>,
  { frame, segments }: Prepared,
  alignment: Alignment,
  hooks: LoopHooks,
): Promise<Place[]> {
  const before = BEFORE + fewestSamplesOf(detector)
  const starts = segments.flatMap(({ start, end }) => {
    const count = Math.max(0, end - start - before - WITHIN + 1)
    return Array.from({ length: count }, (_, k) => start + before + k)
  })
  const places: Place[] = []
  const wanted = Math.min(PLACES, starts.length)
  for (let p = 0; p < wanted; p++) {
    const at = starts[Math.floor(((p + 0.5) / wanted) * starts.length)]
    const scorer = detector.online({ alignment })
    scorer.push(scaler.transform(sliceFrame(frame, at - before, at)))
    places.push({ at, state: scorer.state() })
    await breathe(hooks)
  }
  return places
}

/** The highest level that raises an event in the samples of a step; 0 when the rules of events let none. */
function levelReached(
  { detector, scaler }: Pick<Model, 'detector' | 'scaler'>,
  frame: Frame,
  { at, state }: Place,
  { c, size }: { readonly c: number; readonly size: number },
  { alignment, counting }: StepMeasurement,
): number {
  const step = sliceFrame(frame, at, at + WITHIN)
  const values = Float64Array.from(step.values)
  for (let i = c; i < values.length; i += frame.channels.length) values[i] += size
  const scorer = detector.online({ alignment }, state)
  const scores = joinScores([
    scorer.push(scaler.transform({ ...step, values })),
    scorer.finish(),
  ]).score.slice(-WITHIN)
  const levels = scores.filter(score => score > 0).sort()
  const raises = (level: number) => counting.count(scores, level * (1 - 1e-6), { cooling: false }) > 0
  let [low, high] = [0, levels.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (raises(levels[middle])) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : levels[low - 1]
}

/** Standard deviation of a channel, missing readings left out. */
function spreadOf({ values, channels }: Frame, c: number): number {
  const own = Float64Array.from(
    { length: values.length / channels.length },
    (_, i) => values[i * channels.length + c],
  )
  return standardDeviation(own.filter(Number.isFinite))
}
