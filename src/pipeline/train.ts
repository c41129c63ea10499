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
import { type Issue, learnSchema, prepareFrame } from '../validate/index.js'
import { clipSegments, splitHistory, windowStarts } from '../window/index.js'
import { frameHash } from './frames.js'
import type { Model } from './model.js'
import { checkThresholdOptions, type TrainOptions } from './options.js'
import { missingOf, requireValid, scoreSegments } from './segments.js'
import { createRuntime } from './threads.js'

export interface TrainHooks {
  onProgress?(progress: FitProgress): void
  /** What validation noticed in the history. */
  onIssues?(issues: readonly Issue[]): void
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
 * Missing readings are treated as `options.missing` says; what comes out is validated, and windows never span a gap longer than `maxGap`.
 *
 * @param frame at least 5 windows of samples
 * @throws DataError `data-too-short`, `data-missing-value`, `data-bad-cell`, `data-invalid`, `data-constant`, `data-training-diverged`; `interrupted` when the signal aborts
 */
export async function trainModel(
  frame: Frame,
  options: TrainOptions,
  hooks: TrainHooks = {},
): Promise<Model> {
  checkThresholdOptions(options)
  const prepared = prepareFrame(frame, missingOf(options))
  const { window } = options
  const architecture = hooks.architecture ?? findArchitecture(options.architecture)
  const started = performance.now()
  const parts = splitHistory(
    sampleCount(frame),
    options.window,
    options.validationShare,
    options.calibrationShare,
  )
  const issues = requireValid(prepared.frame, 'training', options.validationLevel, { window })
  hooks.onIssues?.(issues)
  const part = ({ start, end }: Interval) => sliceFrame(prepared.frame, start, end)
  const segments = {
    train: clipSegments(prepared.segments, parts.train),
    validation: clipSegments(prepared.segments, parts.validation),
    calibration: clipSegments(prepared.segments, parts.calibration),
  }
  for (const [name, stretches] of Object.entries(segments)) {
    if (windowStarts(stretches, window, options.stride).length > 0) continue
    const rows = Math.max(0, ...stretches.map(({ start, end }) => end - start))
    throw createError('data-too-short', {
      rows,
      purpose: `the ${name} part between gaps`,
      wanted: window,
      window,
    })
  }
  const trainPart = part(parts.train)
  if (isConstant(trainPart)) throw createError('data-constant', {})
  const scaler = SCALERS[options.scaler].fit(trainPart)
  const runtime = createRuntime(options.workers ?? defaultWorkers())
  const detector = await autoencoder({ ...options, architecture }, runtime).fit(scaler.transform(trainPart), {
    validation: scaler.transform(part(parts.validation)),
    segments,
    seed: options.seed,
    keepBest: options.keepBest,
    onProgress: hooks.onProgress,
    signal: hooks.signal,
  })
  const { start, end } = parts.calibration
  const { score } = await scoreSegments(detector, scaler.transform(part(parts.calibration)), {
    segments: segments.calibration,
    masked: prepared.masked?.subarray(start * frame.channels.length, end * frame.channels.length),
  })
  const calibrationScores = score.filter(value => !Number.isNaN(value))
  const threshold = thresholdRule(options).fit(calibrationScores)
  const { timeMs } = frame
  const { out: _out, workers: _workers, ...kept } = options
  return {
    scaler,
    detector,
    threshold,
    calibrationScores,
    info: {
      kind: 'autoencoder',
      architecture: architecture.name,
      createdAt: new Date().toISOString(),
      versions: { telltale: VERSION, node: process.versions.node, kernels: runtime.build },
      channels: frame.channels,
      timeColumn: hooks.columns?.time ?? null,
      labelColumn: hooks.columns?.label ?? null,
      window: options.window,
      stride: options.stride,
      schema: learnSchema(frame),
      seed: options.seed,
      parameters: detector.network.parameterCount,
      options: Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) as {
        [key: string]: Json
      },
      training: {
        rows: sampleCount(frame),
        timeKind: frame.timeKind,
        from: timeMs[0],
        to: timeMs[timeMs.length - 1],
        dataSha256: frameHash(frame),
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

function isConstant(frame: Frame): boolean {
  const c = frame.channels.length
  return frame.values.every((value, i) => value === frame.values[i % c])
}
