import { createError, TelltaleError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import {
  type ChannelDrift,
  checkDrift,
  type DriftReport,
  type DriftVerdict,
  driftVerdict,
  fitReference,
  isDrift,
} from '../../drift/index.js'
import type { Model } from '../../model/index.js'
import { detect } from '../../pipeline/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { alignmentOf, calibrationOf } from '../../session/index.js'
import type { Io } from '../io.js'
import { printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import type { DriftCall } from './options.js'

/** What a check found. */
export interface CheckedFrame {
  readonly report: DriftReport
  /** Of the scores, where they could be compared. */
  readonly score: ChannelDrift | undefined
  /** Channels, and the scores as one of them. */
  readonly all: readonly ChannelDrift[]
  readonly drifted: boolean
  readonly verdict: DriftVerdict
}

/** The model whose reference data are compared with. Errors: `option-missing`, `reference-missing`, as `openModel`. */
export async function referenceModel({
  options,
  cli,
  io,
}: DriftCall): Promise<Model & Required<Pick<Model, 'reference'>>> {
  const { model: name, workers } = options
  if (name === undefined) throw createError('option-missing', { name: '--model' })
  const model = await openModel(
    io,
    cli,
    { ...options, model: name },
    createRuntime(workers ?? defaultWorkers()),
  )
  const { reference } = model
  if (reference === undefined) throw createError('reference-missing', { model: name })
  return { ...model, reference }
}

/** Compares a frame, and its scores unless they are not asked for, with a model. Notes say what could not be compared. */
export async function checkFrame(
  model: Model & Required<Pick<Model, 'reference'>>,
  frame: Frame,
  { options: { alpha, scores }, io }: Pick<DriftCall, 'options' | 'io'>,
): Promise<CheckedFrame> {
  const report = checkDrift(model.reference, frame, alpha)
  const found = scores ? await scoreDrift(model, frame, alpha, io) : undefined
  if (typeof found === 'string') printNotes(io, [`the scores were not compared: ${found}`])
  const score = typeof found === 'object' ? found : undefined
  return {
    report,
    score,
    all: score === undefined ? report.channels : [...report.channels, score],
    drifted: report.drifted || (score !== undefined && isDrift(score.level)),
    verdict: driftVerdict(model.reference, frame, report, score),
  }
}

/** The scores of the table against those that the threshold was calibrated on; a text when they cannot be compared. */
async function scoreDrift(
  model: Model,
  frame: Frame,
  alpha: number,
  { signal }: Pick<Io, 'signal'>,
): Promise<ChannelDrift | string> {
  const alignment = alignmentOf(model, undefined, 'two-sided')
  const { scores, threshold } = calibrationOf(model, alignment)
  try {
    const { score } = await detect(model, frame, { alignment }, { signal })
    const calibrated = scores.map(value => value / threshold.level)
    return checkDrift(fitReference(scoreFrame(calibrated)), scoreFrame(score), alpha).channels[0]
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.kind !== 'data') throw error
    return error.message
  }
}

function scoreFrame(scores: Float32Array): Frame {
  const timeMs = Float64Array.from(scores.keys())
  return { timeMs, timeKind: 'index', values: scores, channels: ['score'] }
}
