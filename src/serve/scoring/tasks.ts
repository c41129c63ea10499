// Scoring on worker threads: a module that each worker imports once. Models of versions never change, so each is loaded once.
import type { AnomalyEvent } from '../../core/contracts.js'
import { type Frame, sampleCount } from '../../core/frame.js'
import { type Explanation, explainEvents, namedChannels } from '../../explain/index.js'
import type { Model } from '../../model/index.js'
import { type Detection, detect, type EvaluateModelSettings, evaluateModel } from '../../pipeline/index.js'
import { formatDuration } from '../../report/index.js'
import { createRuntime, type TaskHooks } from '../../runtime/index.js'
import {
  resolveSettings,
  type SessionSettings,
  type WindowScores,
  windowScores,
} from '../../session/index.js'
import { loadModel } from '../../store/index.js'

export { decodeTable } from '../tables/decode.js'
export { encodeTable } from '../tables/encode.js'

const MOST_MODELS = 32
const models = new Map<string, Promise<Model>>()

function modelAt(path: string): Promise<Model> {
  const model = models.get(path) ?? loadModel(path, createRuntime(1))
  models.delete(path)
  models.set(path, model)
  model.catch(() => models.delete(path))
  if (models.size > MOST_MODELS) models.delete(models.keys().next().value as string)
  return model
}

export interface WindowsJob {
  readonly path: string
  /** `[count * windowLength * C]` without NaN. */
  readonly values: Float64Array
  readonly count: number
}

/** The score of the last sample of each window. */
export async function windows({ path, values, count }: WindowsJob): Promise<WindowScores> {
  const model = await modelAt(path)
  const { channels } = model.info
  const timeMs = Float64Array.from({ length: values.length / channels.length }, (_, i) => i)
  return windowScores(resolveSettings(model), { timeMs, timeKind: 'index', values, channels }, count)
}

export interface SeriesJob {
  readonly path: string
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
export async function series({ path, frame, settings, explain }: SeriesJob, { signal }: TaskHooks) {
  const model = await modelAt(path)
  const own = { ...settings, ...(explain !== undefined && { expected: true }) }
  const found = await detect(model, frame, own, { signal })
  const { score, reason, issues, events } = found
  const explanations =
    explain === undefined || sampleCount(frame) === 0
      ? []
      : await explainEvents(
          model,
          found,
          events,
          chosenEvents(events, explain),
          {
            named: namedChannels(model.info.channels, undefined),
            session: own,
            ...(frame.timeKind === 'utc' && { duration: formatDuration }),
          },
          { signal },
        )
  return { detection: { score, reason, issues, events }, explanations } satisfies ScoredSeries
}

export interface EvaluationJob {
  readonly path: string
  readonly frame: Frame
  /** `[N]` 0 or 1. */
  readonly labels: Uint8Array
  readonly settings: EvaluateModelSettings
}

/** Evaluates a model on a labelled series. */
export async function evaluation({ path, frame, labels, settings }: EvaluationJob, { signal }: TaskHooks) {
  return evaluateModel(await modelAt(path), frame, labels, settings, { signal })
}

function chosenEvents(events: readonly AnomalyEvent[], explain: number | readonly string[]): AnomalyEvent[] {
  if (typeof explain !== 'number') return events.filter(({ id }) => explain.includes(id))
  return [...events].sort((a, b) => b.score - a.score).slice(0, explain)
}
