import { type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import type { Json } from '../core/state.js'
import type { Model } from '../model/index.js'
import {
  type GateReport,
  type GateSettings,
  passGate,
  type TrainHooks,
  type TrainSettings,
  trainedWith,
  trainModel,
  trainOptions,
} from '../pipeline/index.js'
import { promote, type Registry } from '../store/index.js'
import type { Io } from './io.js'
import type { ModelTarget } from './model-place.js'
import { neededReference } from './models/request.js'
import type { Progress } from './progress.js'

export interface ChallengeSettings extends Pick<GateSettings, 'repeats' | 'seed'> {
  /** Share of the samples, the last ones, that the models are compared on. */
  readonly holdOut: number
}

/** A challenger, and how it compares with its champion. */
export interface Challenge {
  readonly challenger: Model
  readonly report: GateReport
  /** Times of the samples that both were compared on. */
  readonly timeMs: Float64Array
}

/**
 * Trains a challenger as its champion was trained, on all samples but the last, and compares both on these.
 *
 * @param labels `[N]` 1 = confirmed event
 * @throws DataError; `interrupted`
 */
export async function challenge(
  { signal, metrics }: Pick<Io, 'signal' | 'metrics'>,
  champion: Model,
  { frame, labels }: { readonly frame: Frame; readonly labels?: Uint8Array },
  { holdOut, ...settings }: ChallengeSettings,
  times: TrainHooks['times'],
  progress: Progress,
): Promise<Challenge> {
  const { info } = champion
  const cut = Math.round(sampleCount(frame) * (1 - holdOut))
  const hooks = { signal, time: metrics.time }
  const { options, reading } = settingsOf(champion)
  const challenger = await trainModel(sliceFrame(frame, 0, cut), options, {
    ...hooks,
    times,
    reading,
    columns: {
      ...(info.timeColumn !== null && { time: info.timeColumn }),
      ...(info.labelColumn !== null && { label: info.labelColumn }),
    },
    ...(info.device !== undefined && { device: info.device }),
    onProgress: progress.fit,
  })
  const heldOut = sliceFrame(frame, cut)
  const gate = { ...settings, labels: labels?.subarray(cut) }
  const report = await passGate(champion, challenger, heldOut, gate, { ...hooks, onProgress: progress.score })
  return { challenger, report, timeMs: heldOut.timeMs }
}

/**
 * Publishes a challenger: it becomes the next version of its model with the alias `challenger`, and with `alias` where one is given. Errors: those of the target
 * and of `promote`.
 *
 * @returns `NAME@VERSION`
 */
export async function publishChallenger(
  registry: Registry,
  target: ModelTarget,
  alias: string | undefined,
  why: string,
): Promise<string> {
  const published = await target.publish(why)
  const version = await neededReference(registry, published)
  for (const name of ['challenger', ...(alias === undefined ? [] : [alias])])
    await promote(registry, version, name, why)
  return published
}

/** Of the last training, and not of the next one. */
const NOT_AGAIN = [
  'rows',
  'out',
  'checkpoint',
  'keepBest',
  'workers',
  'timeColumn',
  'labelColumn',
  'memory',
  'exclude',
]

/** The options that a champion was trained with, and how its table was read; a part of a table that they name is not that of the new one. */
function settingsOf({ info }: Model): {
  readonly options: TrainSettings
  readonly reading: Readonly<Record<string, Json>>
} {
  const given = Object.entries(info.options as Record<string, Json>)
  const reading = given.filter(([key]) => !Object.hasOwn(trainOptions.shape, key))
  return { options: trainedWith(info, NOT_AGAIN), reading: Object.fromEntries(reading) }
}

/** A comparison in a few words, for the history of the registry. */
export function checkText({ check, champion, challenger, of, passed }: GateReport['checks'][number]): string {
  return `${check} ${countsText({ champion, challenger, of })} (${passed ? 'passed' : 'failed'})`
}

/** `3 -> 1 of 20` */
export function countsText({
  champion,
  challenger,
  of,
}: Pick<GateReport['checks'][number], 'champion' | 'challenger' | 'of'>): string {
  return `${champion} -> ${challenger}${of === null ? '' : ` of ${of}`}`
}
