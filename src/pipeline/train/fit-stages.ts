import type { FitContext, FittedDetector, FittedScaler } from '../../core/contracts.js'
import type { ScaledFrame } from '../../core/frame.js'
import { countsFor } from '../../core/parse-options.js'
import { breathe } from '../../core/pause.js'
import type { Json } from '../../core/state.js'
import { VERSION } from '../../core/version.js'
import type { FittedRegimes, Runtime } from '../../detect/index.js'
import { SCALERS } from '../../scale/index.js'
import { trainSettings } from '../settings/train-options.js'
import { fitBaseline } from './baseline.js'
import { openCheckpoint } from './checkpoint.js'
import type { CutHistory } from './cut-history.js'
import { createDetector, type Fitted } from './detectors.js'
import { chosenRegimes } from './regimes.js'
import type { ResolvedTraining } from './resolve.js'

/** What is learnt before the threshold. */
export interface FittedStages {
  readonly scaler: FittedScaler
  readonly detector: Fitted
  readonly regimes: FittedRegimes | undefined
  readonly baseline: FittedDetector | undefined
  /** What the detector learnt from, scaled. */
  readonly learning: ScaledFrame
  /** Seconds that each member took. */
  readonly seconds: ReadonlyMap<string, number>
}

/**
 * Fits scaler, regimes, detector and baseline to the part of a history that is learnt from; with `checkpoint` it continues from where an earlier run stood.
 *
 * @param dataSha256 of the history, for the checkpoint
 * @throws `interrupted` when the signal aborts
 */
export async function fitStages(
  training: ResolvedTraining,
  cut: CutHistory,
  runtime: Runtime,
  hooks: Pick<FitContext, 'onProgress' | 'signal'>,
  dataSha256: string,
): Promise<FittedStages & { removeCheckpoint(): Promise<void> }> {
  const { options, detector: name, named, architecture } = training
  const context = { ...hooks, pause: runtime.pause, seed: options.seed, timeZone: training.timeZone }
  await breathe(context)
  const scaler = SCALERS[options.scaler].fit(cut.learning.frame)
  const regimes = options.regimes === 'off' ? undefined : await chosenRegimes(cut.asCame, options, context)
  await breathe(context)
  const learning = scaler.transform(cut.learning.frame)
  await breathe(context)
  const checkpoint =
    options.checkpoint === undefined
      ? undefined
      : await openCheckpoint(options.checkpoint, {
          data: dataSha256,
          ...decisiveOptions(training),
          architecture: (architecture ?? null) as unknown as Json,
          telltale: VERSION,
          kernels: runtime.build,
        })
  const seconds = new Map<string, number>()
  const detector = await createDetector(name, options, named, runtime, (member, took) => {
    seconds.set(member, took)
  })
    .fit(learning, {
      ...context,
      validation: scaler.transform(cut.validation.frame),
      segments: { train: cut.learning.segments, validation: cut.validation.segments },
      keepBest: options.keepBest,
      onCheckpoint: checkpoint?.onCheckpoint,
      resume: checkpoint?.resume,
    })
    .finally(checkpoint?.flush)
  const baseline = await fitBaseline(learning, options.keepBest ? { ...context, signal: undefined } : context)
  return {
    scaler,
    detector,
    regimes,
    baseline,
    learning,
    seconds,
    removeCheckpoint: async () => checkpoint?.remove(),
  }
}

/** The options that decide what a model becomes: not where it goes and how it is computed, nor those that do not count for its detector. */
export function decisiveOptions({ options, detector }: Pick<ResolvedTraining, 'options' | 'detector'>): {
  [key: string]: Json
} {
  const { out: _out, workers: _workers, checkpoint: _checkpoint, keepBest: _keepBest, ...decisive } = options
  return Object.fromEntries(
    Object.entries(decisive).filter(
      ([key, value]) => value !== undefined && countsFor(trainSettings, key, detector),
    ),
  ) as { [key: string]: Json }
}
