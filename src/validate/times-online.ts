import type { Frame } from '../core/frame.js'
import { createSpread, SAMPLED } from './sample.js'
import {
  type Disorder,
  judgeStep,
  medianStep,
  REGULAR,
  type TimeGap,
  type TimeProfile,
} from './time-profile.js'

/** Different steps that are counted exactly; when there are more, their first four digits are. */
const MOST_STEPS = 2 ** 16

interface StepCount {
  count: number
  /** The sample before the first of them, and its time. */
  readonly before: number
  readonly fromMs: number
}

/** The result of `profileTimes` for a series that comes in parts. Of the gaps only the first is kept. Memory: the different steps, at most 65,536. */
export function profileTimesOnline(kind: Frame['timeKind']): {
  push(timeMs: Float64Array): void
  /** So far. */
  disorder(): Disorder
  profile(): TimeProfile
} {
  let steps = new Map<number, StepCount>()
  let isCoarse = false
  const sampled = createSpread<number>(SAMPLED)
  const counts = { unreadable: 0, repeated: 0, backwards: 0 }
  const firsts = { firstUnreadable: -1, firstRepeated: -1, firstBackwards: -1 }
  let n = 0
  let from = Number.NaN
  let previous = Number.NaN

  const count = (step: number, fromMs: number) => {
    const key = isCoarse ? coarse(step) : step
    const known = steps.get(key)
    if (known) known.count++
    else steps.set(key, { count: 1, before: n - 1, fromMs })
    if (!isCoarse && steps.size > MOST_STEPS) {
      isCoarse = true
      steps = coarseSteps(steps)
    }
  }

  return {
    push(timeMs) {
      for (const time of timeMs) {
        const step = time - previous
        if (n === 0) from = time
        else {
          if (kind === 'utc' && step > 0) count(step, previous)
          if (sampled.wants(n - 1)) sampled.add(n - 1, step)
        }
        if (!Number.isFinite(time)) {
          if (counts.unreadable++ === 0) firsts.firstUnreadable = n
        } else if (step === 0) {
          if (counts.repeated++ === 0) firsts.firstRepeated = n
        } else if (step < 0) {
          if (counts.backwards++ === 0) firsts.firstBackwards = n
        }
        previous = time
        n++
      }
    },
    disorder: () => ({ ...counts, ...firsts }),
    profile() {
      const cadenceMs = kind === 'utc' ? medianStep(sampled.items().map(([, step]) => step)) : Number.NaN
      const { near, forward, gaps, gapCount, gapMissing, jitter, largestJitterMs } = compare(steps, cadenceMs)
      const regularShare = forward === 0 ? 1 : near / forward
      const found =
        regularShare >= REGULAR ? { gaps, gapCount, gapMissing } : { gaps: [], gapCount: 0, gapMissing: 0 }
      return {
        kind,
        from,
        to: previous,
        cadenceMs,
        regularShare,
        ...found,
        jitter,
        largestJitterMs,
        ...counts,
        ...firsts,
      }
    },
  }
}

/** What the steps are at a cadence; nothing without one. */
function compare(steps: ReadonlyMap<number, StepCount>, cadenceMs: number) {
  let near = 0
  let forward = 0
  let jitter = 0
  let largestJitterMs = 0
  let gapCount = 0
  let gapMissing = 0
  let firstGap: TimeGap | undefined
  for (const [step, { count, before, fromMs }] of cadenceMs > 0 ? steps : []) {
    const { missing, isGap, isNear, isJitter, offMs } = judgeStep(step, cadenceMs)
    forward += count
    if (isGap) {
      gapCount += count
      gapMissing += count * missing
      if (firstGap === undefined || before < firstGap.before)
        firstGap = { before, fromMs, toMs: fromMs + step, missing }
    }
    if (isNear) near += count
    if (isJitter) {
      jitter += count
      largestJitterMs = Math.max(largestJitterMs, offMs)
    }
  }
  return { near, forward, gaps: firstGap ? [firstGap] : [], gapCount, gapMissing, jitter, largestJitterMs }
}

const coarse = (step: number) => Number(step.toPrecision(4))

function coarseSteps(steps: ReadonlyMap<number, StepCount>): Map<number, StepCount> {
  const joined = new Map<number, StepCount>()
  for (const [step, { count, ...first }] of steps) {
    const known = joined.get(coarse(step))
    if (known) known.count += count
    else joined.set(coarse(step), { count, ...first })
  }
  return joined
}
