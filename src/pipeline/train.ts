import { availableParallelism } from 'node:os'
import type { FitProgress, Threshold } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import type { Json } from '../core/state.js'
import { VERSION } from '../core/version.js'
import { autoencoder } from '../detect/index.js'
import { type ArchitectureDefinition, findArchitecture, MAX_SHARDS } from '../nn/index.js'
import { SCALERS } from '../scale/index.js'
import { quantileThreshold, sigmaThreshold } from '../threshold/index.js'
import { type HistoryParts, segmentsWithout, splitHistory } from '../window/index.js'
import { openCheckpoint } from './checkpoint.js'
import { parseExclusions } from './exclude.js'
import { frameHash, joinFrames, requireFinite } from './frames.js'
import type { Model } from './model.js'
import { checkThresholdOptions, type TrainOptions } from './options.js'
import { createRuntime } from './threads.js'

export interface TrainHooks {
  onProgress?(progress: FitProgress): void
  readonly signal?: AbortSignal
  /** Takes the place of the predefined architecture that `options.architecture` names. */
  readonly architecture?: ArchitectureDefinition
  /** Names of the columns the frame was read from, kept in the manifest. */
  readonly columns?: { readonly time?: string; readonly label?: string }
}

/** Threads when the user does not say. */
export function defaultWorkers(): number {
  return Math.min(MAX_SHARDS, availableParallelism())
}

const DEFAULT_QUANTILE = 0.999

/** The rule that turns calibration scores into a threshold; `quantile` 0.999 when nothing is given. */
export function thresholdRule(options: { quantile?: number; thresholdFactor?: number }): Threshold {
  return options.thresholdFactor === undefined
    ? quantileThreshold(options.quantile ?? DEFAULT_QUANTILE)
    : sigmaThreshold(options.thresholdFactor)
}

/**
 * Learns a model from the history of a machine: cuts it in time order into train, validation and calibration parts with a gap of one
 * window between, fits the scaler and the network on the first, stops by the second, finds the threshold from the third.
 *
 * @param frame at least 5 windows of samples, finite values
 * @throws DataError `data-too-short`, `data-bad-cell`, `data-constant`, `data-training-diverged`; `interrupted` when the signal aborts
 */
export async function trainModel(
  frame: Frame,
  options: TrainOptions,
  hooks: TrainHooks = {},
): Promise<Model> {
  checkThresholdOptions(options)
  requireFinite(frame)
  const architecture = hooks.architecture ?? findArchitecture(options.architecture)
  const started = performance.now()
  const span = options.window + (architecture.horizon ?? 0)
  const parts = splitHistory(sampleCount(frame), span, options.validationShare, options.calibrationShare)
  const segments = usableSegments(parts, parseExclusions(options.exclude, frame), span)
  const trainPart = part(frame, parts.train)
  const usable = joinFrames(segments.train.map(segment => part(trainPart, segment)))
  if (isConstant(usable)) throw createError('data-constant', {})
  const scaler = SCALERS[options.scaler].fit(usable)
  const runtime = createRuntime(options.workers ?? defaultWorkers())
  const dataSha256 = frameHash(frame)
  const { out: _out, workers: _workers, checkpoint: _checkpoint, keepBest: _keepBest, ...decisive } = options
  const kept = Object.fromEntries(Object.entries(decisive).filter(([, value]) => value !== undefined)) as {
    [key: string]: Json
  }
  const versions = { telltale: VERSION, node: process.versions.node, kernels: runtime.build }
  const checkpoint =
    options.checkpoint === undefined
      ? undefined
      : await openCheckpoint(options.checkpoint, {
          data: dataSha256,
          ...kept,
          architecture: architecture as unknown as Json,
          telltale: VERSION,
          kernels: runtime.build,
        })
  const optimizer = options.optimizer && { type: options.optimizer }
  const detector = await autoencoder({ ...options, architecture, optimizer }, runtime)
    .fit(scaler.transform(trainPart), {
      validation: scaler.transform(part(frame, parts.validation)),
      segments,
      seed: options.seed,
      keepBest: options.keepBest,
      onProgress: hooks.onProgress,
      onCheckpoint: checkpoint?.hear,
      resume: checkpoint?.resume,
      signal: hooks.signal,
    })
    .finally(checkpoint?.flush)
  const calibrationPart = scaler.transform(part(frame, parts.calibration))
  const scored: Float32Array[] = []
  for (const segment of segments.calibration)
    scored.push((await detector.score(part(calibrationPart, segment))).score)
  const calibrationScores = Float32Array.from(
    scored.flatMap(score => [...score.filter(value => !Number.isNaN(value))]),
  )
  const threshold = thresholdRule(options).fit(calibrationScores)
  await checkpoint?.remove()
  const { timeMs } = frame
  return {
    scaler,
    detector,
    threshold,
    calibrationScores,
    info: {
      kind: 'autoencoder',
      architecture: architecture.name,
      createdAt: new Date().toISOString(),
      versions,
      channels: frame.channels,
      timeColumn: hooks.columns?.time ?? null,
      labelColumn: hooks.columns?.label ?? null,
      window: options.window,
      stride: options.stride,
      seed: options.seed,
      parameters: detector.network.parameterCount,
      options: kept,
      training: {
        rows: sampleCount(frame),
        timeKind: frame.timeKind,
        from: timeMs[0],
        to: timeMs[timeMs.length - 1],
        dataSha256,
        parts: { ...parts },
        epochs: detector.history.length,
        bestEpoch: detector.bestEpoch,
        bestValidationLoss:
          detector.history.find(record => record.epoch === detector.bestEpoch)?.validationLoss ?? null,
        seconds: Math.round(performance.now() - started) / 1000,
      },
      calibration: {
        samples: calibrationScores.length,
        method: threshold.state().kind,
        level: threshold.level,
      },
    },
  }
}

const part = (frame: Frame, { start, end }: Interval) => sliceFrame(frame, start, end)

/**
 * The stretches of each part that can be used, counted from its first sample: at least one window of each.
 *
 * @throws DataError `data-too-short` when too much of a part is left out
 */
function usableSegments(parts: HistoryParts, excluded: readonly Interval[], span: number) {
  const segmentsOf = (name: keyof HistoryParts) => {
    const { start, end } = parts[name]
    const long = segmentsWithout(parts[name], excluded).filter(segment => segment.end - segment.start >= span)
    if (long.length === 0) {
      const left = `the ${name} part (rows ${start} to ${end - 1}) after what --exclude leaves out`
      throw createError('data-too-short', { rows: 0, purpose: left, wanted: span, window: span })
    }
    return long.map(segment => ({ start: segment.start - start, end: segment.end - start }))
  }
  return {
    train: segmentsOf('train'),
    validation: segmentsOf('validation'),
    calibration: segmentsOf('calibration'),
  }
}

function isConstant(frame: Frame): boolean {
  const c = frame.channels.length
  return frame.values.every((value, i) => value === frame.values[i % c])
}
