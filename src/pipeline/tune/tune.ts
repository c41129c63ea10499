import { checkFrame, checkParts, checkText } from '../../core/check-input.js'
import { createError, TelltaleError } from '../../core/errors.js'
import { type Frame, sampleCount, sliceFrame } from '../../core/frame.js'
import { MINUTE_MS } from '../../core/milliseconds.js'
import { NEEDS_FEWER } from '../../core/needs-fewer.js'
import { parseKnown } from '../../core/parse-options.js'
import type { Json } from '../../core/state.js'
import { VERSION } from '../../core/version.js'
import type { ArchitectureDefinition } from '../../nn/index.js'
import { filled, type TrainOptions } from '../settings/train-options.js'
import { frameHash } from '../train/frame-hash.js'
import { type TrainHooks, trainModel } from '../train/train.js'
import { type Journal, openJournal, type Trial } from './journal.js'
import { type TuneOptions, tuneOptions } from './options.js'
import { faultSkill, faultyRows } from './skill.js'
import { propose, type SearchSpace } from './space.js'

export interface TuneHooks extends Pick<TrainHooks, 'onProgress' | 'signal' | 'times'> {
  /** Before a trial is trained. */
  onTrial?(trial: number, of: number): void
  /** Milliseconds of a clock that never goes back. */
  now(): number
}

/**
 * Searches architectures and options: each trial is trained on the first rows of the history, and evaluated by how well it distinguishes faults that are
 * injected into the last, held-back rows from those rows as they were. No labels are used. Trials are kept in a journal: a search that was
 * stopped continues from it.
 *
 * @param architectures those to choose from; the first is that of the first trial
 * @param path of the journal
 * @returns every trial, the best first; failed ones last
 * @throws DataError `data-too-short` and as `trainModel`; `checkpoint-differs`; `interrupted` when the signal aborts
 */
export async function tune(
  frame: Frame,
  given: TuneOptions,
  architectures: readonly ArchitectureDefinition[],
  path: string,
  hooks: TuneHooks,
): Promise<readonly Trial[]> {
  checkFrame(frame, 'the search')
  checkParts(hooks, ['now'], 'hooks', 'the search')
  checkText(path, 'path', 'the search')
  if (!Array.isArray(architectures) || architectures.length === 0)
    throw createError('option-missing', { name: 'architectures' })
  const options = parseKnown(tuneOptions, given, 'the search')
  const n = sampleCount(frame)
  const cut = n - Math.round(options.holdout * n)
  const [history, heldBack] = [sliceFrame(frame, 0, cut), sliceFrame(frame, cut)]
  const largestWindow = Math.floor(Math.min(cut / 6, sampleCount(heldBack) / 3))
  if (largestWindow < Math.min(4, options.window)) {
    const wanted = Math.ceil(
      3 * Math.max(4, options.window) * Math.max(1 / options.holdout, 2 / (1 - options.holdout)),
    )
    throw createError('data-too-short', {
      rows: n,
      purpose: 'a search',
      wanted,
      window: ` with a window of ${options.window}`,
      remedy: NEEDS_FEWER,
    })
  }
  const [first] = architectures
  const space: SearchSpace = {
    architectures,
    largestWindow,
    vary: options.vary,
    seed: options.seed,
    base: {
      architecture: first.name,
      window: Math.min(options.window, largestWindow),
      units: options.units ?? first.units,
      latent: options.latent ?? first.latent,
      learningRate: options.learningRate ?? first.training?.learningRate ?? 0.001,
      batchSize: filled(options).batchSize,
    },
  }
  const { trials: most, minutes, workers, ...decisive } = options
  const journal = await openJournal(path, {
    telltale: VERSION,
    data: frameHash(frame),
    architectures: architectures as unknown as Json,
    ...(decisive as unknown as Record<string, Json>),
  })
  const rows = faultyRows(heldBack, options.seed)
  const started = hooks.now()
  const isOver = () => minutes !== undefined && hooks.now() - started >= MINUTE_MS * minutes
  for (let trial = journal.trials.length; trial < most && !isOver(); trial++) {
    hooks.onTrial?.(trial, most)
    await journal.add(await run(trial))
  }
  return ranked(journal)

  async function run(trial: number): Promise<Trial> {
    const proposal = propose(space, trial)
    const begun = hooks.now()
    const seconds = () => Math.round(hooks.now() - begun) / 1000
    const { vary: _vary, holdout: _holdout, trials: _trials, minutes: _minutes, ...rest } = options
    const training: TrainOptions = { ...rest, ...proposal }
    try {
      const model = await trainModel(history, training, {
        architecture: architectures.find(({ name }) => name === proposal.architecture),
        onProgress: hooks.onProgress,
        signal: hooks.signal,
        times: hooks.times,
      })
      const { bestValidationLoss, epochs } = model.info.training
      const skill = await faultSkill(model, rows, hooks.signal)
      const { parameters } = model.info
      return {
        trial,
        options: proposal,
        skill,
        validationLoss: bestValidationLoss,
        parameters,
        epochs,
        seconds: seconds(),
      }
    } catch (error) {
      // What a combination of options cannot do is a result of the search; the rest ends it.
      if (!(error instanceof TelltaleError) || !FAILURES.includes(error.code)) throw error
      const nothing = { skill: null, validationLoss: null, parameters: null, epochs: null }
      return { trial, options: proposal, ...nothing, seconds: seconds(), error: error.message }
    }
  }
}

const FAILURES = [
  'architecture-invalid',
  'data-training-diverged',
  'data-too-short',
  'data-gaps',
  'limit-memory',
]

function ranked({ trials }: Journal): Trial[] {
  return [...trials].sort((a, b) => (b.skill ?? -1) - (a.skill ?? -1) || a.trial - b.trial)
}
