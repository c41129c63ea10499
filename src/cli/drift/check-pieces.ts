import { createError, TelltaleError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import {
  type ChannelDrift,
  createDriftCheck,
  type DriftReport,
  type DriftVerdict,
  driftVerdict,
  fitReference,
  type RowsBesideEvents,
  residualFrame,
  rowsBesideEvents,
  scoreFrame,
} from '../../drift/index.js'
import type { Model } from '../../model/index.js'
import { detectStream } from '../../pipeline/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { alignmentOf, calibrationOf } from '../../session/index.js'
import type { Io } from '../io.js'
import { printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import type { LabelledFrame } from '../score-table.js'
import type { DriftCall } from './options.js'

/** What a check found. */
export interface CheckedPieces {
  readonly report: DriftReport
  /** Of the scores, where they could be compared. */
  readonly score: ChannelDrift | undefined
  /** Of the standardised errors, where they could be compared. */
  readonly residuals: DriftReport | undefined
  /** Channels, and the scores as one of them. */
  readonly all: readonly ChannelDrift[]
  readonly verdict: DriftVerdict
  /** Whether the rows beside events decided, and not all of them. */
  readonly isBesideEvents: boolean
  /** Time of the last sample; null without any. */
  readonly lastMs: number | null
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

/** Compares readings, and their scores unless they are not asked for, with a model. Notes say what could not be compared.  Memory does not grow with the number of samples. */
export async function checkPieces(
  model: Model & Required<Pick<Model, 'reference'>>,
  pieces: AsyncIterable<LabelledFrame> | Iterable<LabelledFrame>,
  { options: { alpha, scores }, io }: Pick<DriftCall, 'options' | 'io'>,
): Promise<CheckedPieces> {
  const check = createDriftCheck(model.reference)
  let lastMs: number | null = null
  const frames = piecesOf(pieces, frame => {
    check.push(frame)
    lastMs = frame.timeMs.at(-1) ?? lastMs
  })
  const found = scores ? await scoreDrift(model, frames, alpha, io) : undefined
  // What is left when scores are not asked for, or could not be had.
  while ((await frames.next()) !== undefined);
  if (typeof found === 'string') printNotes(io, [`the scores were not compared: ${found}`])
  const { score, residuals, beside } = typeof found === 'object' ? found : {}
  if (score && residuals === undefined)
    printNotes(io, ['the errors were not compared: the model was trained before they were kept'])
  const report = check.report(alpha)
  for (const { channel, wasserstein } of report.channels)
    if (Number.isFinite(wasserstein))
      io.metrics.set('telltale_drift_score', wasserstein, {
        model: model.info.id.slice(0, 12),
        sensor: channel,
      })
  const whole = driftVerdict(model.reference, report, score, residuals)
  const verdict = beside?.verdict(whole, alpha) ?? whole
  return {
    report,
    score,
    residuals,
    all: score === undefined ? report.channels : [...report.channels, score],
    verdict,
    isBesideEvents: verdict !== whole,
    lastMs,
  }
}

/** The frames of pieces, one after the other; they are not closed when a reader stops. */
interface Frames {
  next(): Promise<Frame | undefined>
}

function piecesOf(
  pieces: AsyncIterable<LabelledFrame> | Iterable<LabelledFrame>,
  onFrame: (frame: Frame) => void,
): Frames {
  const iterator = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
  return {
    async next() {
      const { done, value } = await iterator.next()
      if (done) return undefined
      onFrame(value.frame)
      return value.frame
    },
  }
}

/** What scores and errors say. */
interface ScoreDrift {
  readonly score: ChannelDrift
  readonly residuals: DriftReport | undefined
  readonly beside: RowsBesideEvents
}

/** The scores and errors of the table against those that the threshold was calibrated on; a text when they cannot be compared. */
async function scoreDrift(
  model: Model & Required<Pick<Model, 'reference'>>,
  frames: Frames,
  alpha: number,
  { signal, metrics }: Pick<Io, 'signal' | 'metrics'>,
): Promise<ScoreDrift | string> {
  const alignment = alignmentOf(model, undefined, 'two-sided')
  const { scores, threshold } = calibrationOf(model, alignment)
  const usual = await fitReference(scoreFrame(scores.map(value => value / threshold.level)), { signal })
  const kept = alignment === 'two-sided' ? model.residuals : undefined
  const references = { readings: model.reference, score: usual, ...(kept && { residuals: kept }) }
  const current = createDriftCheck(usual)
  const errors = kept && createDriftCheck(kept)
  const beside = rowsBesideEvents(references, model.info.window)
  async function* all() {
    for (let frame = await frames.next(); frame !== undefined; frame = await frames.next()) yield frame
  }
  try {
    for await (const { scored, events, settled } of detectStream(
      model,
      all(),
      { alignment },
      { signal, time: metrics.time },
    )) {
      const { frame, score } = scored
      const residual = scored.residual.map(value => value * threshold.level)
      current.push(scoreFrame(score))
      errors?.push(residualFrame(frame.channels, residual))
      beside.push({ frame, score, residual }, events, settled)
    }
    return { score: current.report(alpha).channels[0], residuals: errors?.report(alpha), beside }
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.kind !== 'data') throw error
    return error.message
  }
}

/** The last line of a check: whether there is drift, what to do, and why. */
export function verdictText({
  drifted,
  verdict,
  reason,
}: Pick<DriftVerdict, 'drifted' | 'verdict' | 'reason'>): string {
  return `${drifted ? 'drift: ' : ''}${verdict}. ${reason}`
}
