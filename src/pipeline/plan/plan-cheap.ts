import type { FittedDetector } from '../../core/contracts.js'
import { asScaled, type ScaledFrame } from '../../core/frame.js'
import { createRandom } from '../../core/random.js'
import { type Runtime, scoreSeries, takingPart } from '../../detect/index.js'
import type { ArchitectureDefinition } from '../../nn/index.js'
import type { FilledOptions } from '../settings/train-options.js'
import type { DetectorName } from '../train/detector-names.js'
import { membersFor } from '../train/detectors.js'
import type { Survey } from './survey.js'

/** How long a rehearsal runs, at least. */
const REHEARSAL_MS = 500
const FIRST_ROWS = 1000
/** Rows of the rehearsal of a member. */
const REHEARSED_ROWS = 1000
/** Rows of the largest rehearsal. */
const MOST_ROWS = 32_000

/**
 * Seconds that a detector without a network takes per sample: random numbers are scored, more and more of them, until the time can be
 * distinguished from that of starting. Cost: one or two seconds.
 */
export async function rehearseScore(
  detector: FittedDetector,
  channels: readonly string[],
  now: () => number,
): Promise<number> {
  return rehearse(now, rows => scoreSeries(detector, randomFrame(rows, channels), { alignment: 'two-sided' }))
}

/** A member of a detector, and what learning will take it. */
export interface MemberPlan {
  readonly name: string
  readonly seconds: number
}

/**
 * How long each member of a detector without a network of its own will learn: each learns a thousand samples of random
 * numbers and is extrapolated. Cost: about half a second for `auto`.
 */
export async function planMembers(
  { samples, channels }: Pick<Survey, 'samples' | 'channels'>,
  architecture: ArchitectureDefinition | undefined,
  name: DetectorName,
  options: FilledOptions,
  runtime: Runtime,
  now: () => number,
): Promise<MemberPlan[]> {
  const members = membersFor(name, options, architecture, runtime)
  const train = randomFrame(REHEARSED_ROWS, channels)
  const context = { validation: randomFrame(REHEARSED_ROWS / 4, channels), seed: options.seed }
  const plans: MemberPlan[] = []
  for (const { name, detector, rehearsal } of takingPart(members ?? [], channels.length)) {
    const rehearsed = rehearsal?.detector ?? detector
    const learn = async () => {
      const started = now()
      await rehearsed.fit(train, context)
      return (now() - started) / 1000
    }
    // The first time includes compiling.
    await learn()
    const seconds = await learn()
    // Learning of a fixed size does not grow with the samples.
    const times = rehearsal ? 1 / rehearsal.share : samples / REHEARSED_ROWS
    plans.push({ name, seconds: times * seconds })
  }
  return plans
}

async function rehearse(now: () => number, work: (rows: number) => Promise<unknown>): Promise<number> {
  await work(FIRST_ROWS)
  for (let rows = FIRST_ROWS; ; rows *= 2) {
    const started = now()
    await work(rows)
    const elapsed = now() - started
    if (elapsed >= REHEARSAL_MS || rows >= MOST_ROWS) return elapsed / 1000 / rows
  }
}

function randomFrame(rows: number, channels: readonly string[]): ScaledFrame {
  const random = createRandom(1)
  const timeMs = Float64Array.from({ length: rows }, (_, i) => i)
  const values = Float32Array.from({ length: rows * channels.length }, () => random.normal())
  return asScaled({ timeMs, timeKind: 'index', channels }, values)
}

/** What learning needs per sample: the scaled frame and its clipped copy, errors, and what each member says of the samples, before and after smoothing. */
export const learningBytes = (channels: number, members: number): number =>
  16 * channels + members * (4 * channels + 32)
