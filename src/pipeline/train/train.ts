import { checkParts } from '../../core/check-input.js'
import type { FitProgress } from '../../core/contracts.js'
import type { Frame } from '../../core/frame.js'
import type { ParseTimeOptions } from '../../core/parse-time.js'
import { breathe } from '../../core/pause.js'
import { type StageTimer, untimed } from '../../core/stage-timer.js'
import type { Json } from '../../core/state.js'
import { VERSION } from '../../core/version.js'
import { fitReference, residualFrame } from '../../drift/index.js'
import { type Model, takeExcerpt, withId } from '../../model/index.js'
import type { ArchitectureDefinition } from '../../nn/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import type { Issue } from '../../validate/index.js'
import type { TrainSettings } from '../settings/train-settings.generated.js'
import type { HistoryBlocks } from './blocks.js'
import { calibrate } from './calibrate.js'
import { cutHistory } from './cut-history.js'
import { describeModel } from './describe.js'
import { fitStages } from './fit-stages.js'
import { frameHash } from './frame-hash.js'
import { outlyingIssue } from './outlying.js'
import { resolveTraining } from './resolve.js'

export interface TrainHooks {
  onProgress?(progress: FitProgress): void
  /** What validation noticed in the history; after the calibration once more, when an interval of the history alone sets the threshold. */
  onIssues?(issues: readonly Issue[]): void
  /** Called with the finished model, and awaited, before the checkpoint is removed: what saves the model here never loses both. */
  onModel?(model: Model): Promise<void>
  readonly signal?: AbortSignal
  /** Times the stages `fit` and `calibrate`. */
  readonly time?: StageTimer
  /** Takes the place of the predefined architecture that `options.architecture` names. */
  readonly architecture?: ArchitectureDefinition
  /** How times of `options.exclude` and `options.maintenance` are read. Default: UTC. */
  readonly times?: ParseTimeOptions
  /** Name of the device that the history is of, kept in the manifest. */
  readonly device?: string
  /** Names of the columns the frame was read from, kept in the manifest. */
  readonly columns?: { readonly time?: string; readonly label?: string }
  /** How the table was read, kept in the manifest beside the options: the next table is read in the same way. */
  readonly reading?: Readonly<Record<string, Json>>
}

/**
 * Learns a model from the history of a machine: cuts it in time order into train, validation and calibration parts with a gap of one
 * window between, fits the scaler and the detector on the first, stops by the second, finds the thresholds from the third: one for causal and one for
 * two-sided scores. Detectors without a network learn from the first two together, and their thresholds come from the scores of these, each by a fit
 * that has not seen the sample, and of the third.
 *
 * Missing readings are treated as `missing` says; what comes out is validated, and windows never span a gap longer than `maxGap`.
 * Of a history larger than memory the model is trained on blocks: the parts are cut from these, and no window and no event spans two of them.
 *
 * The event loop gets its turns, and the signal is heard within a fraction of a second.
 *
 * @param history at least 5 windows of samples, or what `sampleBlocks` kept of a longer one
 * @param options what differs from the defaults
 * @throws OptionError; DataError `data-too-short`, `data-missing-value`, `data-bad-cell`, `data-invalid`, `data-constant`, `data-training-diverged`;
 * `interrupted` when the signal aborts
 * @example
 * import { frameFromColumns, trainModel } from 'telltale'
 * const flow = Array.from({ length: 400 }, (_, i) => 5 + Math.sin(0.2 * i) + 0.01 * ((7 * i) % 13))
 * const model = await trainModel(frameFromColumns({ channels: { flow } }), { window: 20 })
 * Object.keys(model.calibrations) // => ['causal', 'two-sided']
 */
export async function trainModel(
  history: Frame | HistoryBlocks,
  options: TrainSettings = {},
  hooks: TrainHooks = {},
): Promise<Model> {
  const started = performance.now()
  checkParts(hooks, [], 'hooks', 'the training')
  const training = resolveTraining(history, options, hooks.architecture, zoneOf(hooks))
  const runtime = createRuntime(training.options.workers ?? defaultWorkers())
  const { signal, onProgress, time = untimed } = hooks
  const cut = await cutHistory(
    training,
    { ...hooks.times, ...(hooks.device !== undefined && { device: hooks.device }) },
    { signal, pause: runtime.pause },
  )
  hooks.onIssues?.(cut.issues)
  const dataSha256 = frameHash(training.history)
  const stages = await time('fit', () =>
    fitStages(training, cut, runtime, { signal, onProgress }, dataSha256),
  )
  // What an interrupted fit keeps is calibrated all the same.
  const rest = { signal: training.options.keepBest ? undefined : signal, pause: runtime.pause }
  const calibrated = await time('calibrate', () => calibrate(training, cut, stages, rest))
  const alignment = calibrated['two-sided'].outlying ? 'two-sided' : 'causal'
  const { outlying } = calibrated[alignment]
  const { timeKind } = training.history
  const issue =
    outlying && outlyingIssue(outlying, { alignment, timeKind, device: hooks.device }, training.options)
  if (issue) hooks.onIssues?.([issue])
  const facts = {
    createdAt: new Date().toISOString(),
    versions: { telltale: VERSION, node: process.versions.node, kernels: runtime.build },
    dataSha256,
    seconds: Math.round(performance.now() - started) / 1000,
    device: hooks.device,
    columns: hooks.columns ?? {},
    reading: hooks.reading ?? {},
  }
  const info = await describeModel(training, cut, stages, calibrated, facts, rest)
  const reference = await fitReference(training.history, rest)
  const residuals = await fitReference(
    residualFrame(training.history.channels, calibrated['two-sided'].residuals),
    rest,
  )
  const { scaler, detector, baseline } = stages
  const calibrations = {
    causal: calibrated.causal.calibration,
    'two-sided': calibrated['two-sided'].calibration,
  }
  const hasLevels = Object.values(calibrations).some(({ levels }) => levels)
  const model = withId({
    info,
    scaler,
    detector,
    calibrations,
    ...(hasLevels && { regimes: stages.regimes }),
    ...(baseline && { baseline }),
    reference,
    residuals,
    excerpt: takeExcerpt(training.history),
  })
  // The last moment at which nothing has been saved.
  await breathe(rest)
  await hooks.onModel?.(model)
  await stages.removeCheckpoint()
  return model
}

/** The zone in which the options name times, else the one in which the history was read. */
function zoneOf({ times, reading }: TrainHooks): string | undefined {
  const read = reading?.timeZone
  return times?.timeZone ?? (typeof read === 'string' ? read : undefined)
}
