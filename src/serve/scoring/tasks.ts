// Scoring on worker threads: a module that each worker imports once. Models of versions never change, so each is loaded once.
import type { AnomalyEvent } from '../../core/contracts.js'
import { type Frame, sampleCount } from '../../core/frame.js'
import { type Explanation, explainEvents, modelChannels } from '../../explain/index.js'
import type { Model } from '../../model/index.js'
import {
  type Detection,
  detect,
  type EvaluateModelSettings,
  evaluateModel,
  type ModelEvaluation,
} from '../../pipeline/index.js'
import { createRuntime, type TaskHooks } from '../../runtime/index.js'
import {
  resolveSettings,
  type SessionSettings,
  type WindowScores,
  windowScores,
} from '../../session/index.js'
import { loadModel, type TrustedKey } from '../../store/index.js'
import { type DecodeJob, decodeTable } from '../tables/decode.js'
import { type EncodeJob, encodeTable } from '../tables/encode.js'

const MOST_MODELS = 32
const models = new Map<string, Promise<Model>>()

interface TrustedPath {
  readonly path: string
  /** Public keys, one of which must have signed the model. Default: no signature is needed. */
  readonly trusted?: readonly TrustedKey[]
}

function modelAt({ path, trusted }: TrustedPath): Promise<Model> {
  const model = models.get(path) ?? loadModel(path, createRuntime(1), trusted)
  models.delete(path)
  models.set(path, model)
  model.catch(() => models.delete(path))
  if (models.size > MOST_MODELS) models.delete(models.keys().next().value as string)
  return model
}

export interface WindowsJob extends TrustedPath {
  /** `[count * windowLength * C]` without NaN. */
  readonly values: Float64Array
  readonly count: number
}

/** The score of the last sample of each window. */
export async function windows({ values, count, ...place }: WindowsJob): Promise<WindowScores> {
  const model = await modelAt(place)
  const { channels } = model.info
  const timeMs = Float64Array.from({ length: values.length / channels.length }, (_, i) => i)
  return windowScores(resolveSettings(model), { timeMs, timeKind: 'index', values, channels }, count)
}

export interface SeriesJob extends TrustedPath {
  readonly frame: Frame
  readonly settings: SessionSettings
  /** Explains this number of events, highest score first; or those with these ids. */
  readonly explain?: number | readonly string[]
}

export interface ScoredSeries {
  readonly detection: Pick<Detection, 'score' | 'reason' | 'issues' | 'events'>
  readonly explanations: readonly Explanation[]
}

/** Scores a series, and explains its events when asked. */
export async function series({ frame, settings, explain, ...place }: SeriesJob, { signal }: TaskHooks) {
  const model = await modelAt(place)
  const found = await detect(model, frame, settings, { signal })
  const { score, reason, issues, events } = found
  const explanations =
    explain === undefined || sampleCount(frame) === 0
      ? []
      : await explainEvents(
          model,
          found,
          events,
          chosenEvents(events, explain),
          { named: modelChannels(model.info), session: settings },
          { signal },
        )
  return { detection: { score, reason, issues, events }, explanations } satisfies ScoredSeries
}

export interface EvaluationJob extends TrustedPath {
  readonly frame: Frame
  /** `[N]` 0 or 1. */
  readonly labels: Uint8Array
  readonly settings: EvaluateModelSettings
}

/** Evaluates a model on a labelled series. */
export async function evaluation(
  { frame, labels, settings, ...place }: EvaluationJob,
  { signal }: TaskHooks,
): Promise<ModelEvaluation> {
  return evaluateModel(await modelAt(place), frame, labels, settings, { signal })
}

/** Reads a table that came as bytes. */
export const decode = (job: DecodeJob, hooks: TaskHooks) => decodeTable(job, hooks)
/** Writes a table as bytes. */
export const encode = (job: EncodeJob) => encodeTable(job)

function chosenEvents(events: readonly AnomalyEvent[], explain: number | readonly string[]): AnomalyEvent[] {
  if (typeof explain !== 'number') return events.filter(({ id }) => explain.includes(id))
  return [...events].sort((a, b) => b.score - a.score).slice(0, explain)
}
