import { asScaled, type Frame, type ScaledFrame, sampleCount } from '../../core/frame.js'
import type { Pauses } from '../../core/pause.js'
import { createRandom } from '../../core/random.js'
import type { CrossFittedEnsemble } from '../../detect/index.js'
import { FAULT_KINDS, type InjectedFault, injectFaults, planFaults } from '../../simulate/index.js'
import { spreadPositions } from '../../validate/index.js'

/** Samples of faulty history that skill is measured on, at least, and the most copies of a short one for it. */
const FAULTY_SAMPLES = 3000
const MOST_COPIES = 6
/** One fault of each kind per this number of samples, and the most of each kind in a copy. */
const SAMPLES_PER_ROUND = 4000
const MOST_ROUNDS = 4
/** Samples that the spread of a channel is taken from, at most. */
const SPREAD_SAMPLES = 20_000

/**
 * How well each member of a fitted ensemble distinguishes faults from normal samples, found without labels: faults of the catalogue of `simulate`, at
 * their medium size, are put into copies of the training part, and each sample is scored by a fit that has not seen it. The skill is the chance that a
 * sample of a fault has a higher smooth score than a sample without, averaged over faults: 0.5 = none, 1 = perfect.
 *
 * @param train scaled, as the ensemble was fitted to it
 * @param pauses yield to the event loop and can stop the work
 * @returns a skill for each member; `null` for one that cannot score held-back parts of its training data
 * @throws InterruptedError `interrupted` when the signal of `pauses` is aborted
 * Cost: scoring 1 to 6 copies of the training part by each member.
 */
export async function memberSkills(
  ensemble: Pick<CrossFittedEnsemble, 'scoreMembersHeldBack' | 'members'>,
  train: ScaledFrame,
  seed: number,
  pauses: Pauses = {},
): Promise<(number | null)[]> {
  const rows = sampleCount(train)
  const copies = Math.max(1, Math.min(MOST_COPIES, Math.ceil(FAULTY_SAMPLES / rows)))
  const rounds = Math.max(1, Math.min(MOST_ROUNDS, Math.round(rows / SAMPLES_PER_ROUND)))
  const chances = ensemble.members.map((): number[] => [])
  const reference = spread(train, SPREAD_SAMPLES)
  for (let k = 0; k < copies; k++) {
    const random = createRandom(seed).fork(`faulty copy ${k}`)
    const faults = planFaults(rows, train.channels, rounds * FAULT_KINDS.length, 'medium', random)
    const faulty = injectFaults(train, faults, random, reference)
    const scores = await ensemble.scoreMembersHeldBack(
      asScaled(train, new Float32Array(faulty.values)),
      pauses,
    )
    scores.forEach((score, m) => {
      if (score !== undefined) chances[m].push(...chancesOf(score, faults))
    })
  }
  return chances.map(all => (all.length === 0 ? null : all.reduce((sum, p) => sum + p, 0) / all.length))
}

/** At most `most` samples of a frame, spread so that nothing periodic is seen at one phase only. */
function spread(frame: Frame, most: number): Frame {
  const width = frame.channels.length
  const rows = spreadPositions(sampleCount(frame), most)
  const values = new Float64Array(rows.length * width)
  rows.forEach((row, i) => {
    values.set(frame.values.subarray(row * width, (row + 1) * width), i * width)
  })
  return { ...frame, timeMs: Float64Array.from(rows, row => frame.timeMs[row]), values }
}

/** Of each fault that has a score: the chance that a sample of it scores higher than a sample without a fault, ties counting half. */
function chancesOf(score: Float64Array, faults: readonly InjectedFault[]): number[] {
  const isNormal = new Uint8Array(score.length).fill(1)
  for (const { start, end } of faults) isNormal.fill(0, start, end)
  const normal = score.filter((value, i) => isNormal[i] === 1 && !Number.isNaN(value)).sort()
  if (normal.length === 0) return []
  return faults.flatMap(({ start, end }) => {
    const known = score.subarray(start, end).filter(value => !Number.isNaN(value))
    if (known.length === 0) return []
    const wins = known.reduce(
      (sum, value) => sum + (countBelow(normal, value) + countUpTo(normal, value)) / 2,
      0,
    )
    return [wins / known.length / normal.length]
  })
}

const countBelow = (sorted: Float64Array, value: number) => countWhile(sorted, x => x < value)
const countUpTo = (sorted: Float64Array, value: number) => countWhile(sorted, x => x <= value)

/** How many of the first of `sorted` a test holds for, when it holds for none after them. */
function countWhile(sorted: Float64Array, test: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (test(sorted[middle])) low = middle + 1
    else high = middle
  }
  return low
}
