import { availableParallelism } from 'node:os'
import type { FitProgress, OnlineDetector } from '../../core/contracts.js'
import { createError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../../core/frame.js'
import type { Json } from '../../core/state.js'
import { VERSION } from '../../core/version.js'
import { type CrossFittedEnsemble, scoredCount } from '../../detect/index.js'
import type { MemberInfo, Model } from '../../model/index.js'
import { type ArchitectureDefinition, findArchitecture, MAX_SHARDS } from '../../nn/index.js'
import { createRuntime } from '../../runtime/index.js'
import { SCALERS } from '../../scale/index.js'
import {
  eventRulesOf,
  missingOf,
  promiseOf,
  requireValid,
  scoreSegments,
  thresholdRule,
  withoutFilling,
} from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { type Issue, learnSchema, prepareFrame } from '../../validate/index.js'
import {
  clipSegments,
  type HistoryParts,
  segmentsWithout,
  separated,
  splitHistory,
  windowStarts,
} from '../../window/index.js'
import type { TrainOptions } from '../settings/train-options.js'
import { fitBaseline } from './baseline.js'
import { apart, blocksInfo, type HistoryBlocks } from './blocks.js'
import { openCheckpoint } from './checkpoint.js'
import { architectureFor, chosenDetector, createDetector, membersOf, networkOf } from './detectors.js'
import { parseExclusions } from './exclude.js'
import { frameHash } from './frame-hash.js'
import { chosenRegimes, levelByRegime, regimeFacts } from './regimes.js'
import { memberSkills } from './skill.js'

export interface TrainHooks {
  onProgress?(progress: FitProgress): void
  /** What validation noticed in the history. */
  onIssues?(issues: readonly Issue[]): void
  readonly signal?: AbortSignal
  /** Takes the place of the predefined architecture that `options.architecture` names. */
  readonly architecture?: ArchitectureDefinition
  /** Name of the device that the history is of, kept in the manifest. */
  readonly device?: string
  /** Names of the columns the frame was read from, kept in the manifest. */
  readonly columns?: { readonly time?: string; readonly label?: string }
}

/** Threads when the user does not say. */
export function defaultWorkers(): number {
  return Math.min(MAX_SHARDS, availableParallelism())
}

/**
 * Learns a model from the history of a machine: cuts it in time order into train, validation and calibration parts with a gap of one
 * window between, fits the scaler and the network on the first, stops by the second, finds the threshold from the third. Detectors without a
 * network learn from the first two together, and their threshold comes from the scores of these, each by a fit that has not seen the sample,
 * and of the third.
 *
 * Missing readings are treated as `options.missing` says; what comes out is validated, and windows never span a gap longer than `maxGap`.
 * Of a history larger than memory the model is trained on blocks: the parts are cut from these, and no window and no event spans two of them.
 *
 * @param history at least 5 windows of samples, or what `sampleBlocks` kept of a longer one
 * @throws DataError `data-too-short`, `data-missing-value`, `data-bad-cell`, `data-invalid`, `data-constant`, `data-training-diverged`; `interrupted` when the signal aborts
 */
export async function trainModel(
  history: Frame | HistoryBlocks,
  options: TrainOptions,
  hooks: TrainHooks = {},
): Promise<Model> {
  const blocks = 'borders' in history ? history : undefined
  const frame = 'borders' in history ? history.frame : history
  const borders = blocks?.borders ?? []
  checkThresholdOptions(options)
  const events = eventRulesOf(options, {}, frame.channels)
  const prepared = prepareFrame(frame, missingOf(options), undefined, { borders })
  const { window } = options
  const name = chosenDetector(options)
  const named =
    hooks.architecture ?? (options.architecture ? findArchitecture(options.architecture) : undefined)
  const architecture = architectureFor(name, named)
  const started = performance.now()
  const span = window + (architecture?.horizon ?? 0)
  const parts = splitHistory(sampleCount(frame), span, options.validationShare, options.calibrationShare)
  const issues = requireValid(withoutFilling(prepared), 'training', options.validationLevel, {
    window,
    borders,
  })
  hooks.onIssues?.(issues)
  const schema = blocks?.schema ?? learnSchema(frame)
  const setting = { cadenceMs: schema.cadenceMs, events, window }
  const rule = thresholdRule(options, setting)
  const excluded = parseExclusions(options.exclude, frame, blocks)
  const usable = prepared.segments.flatMap(segment => segmentsWithout(segment, excluded))
  const segments = segmentsOf(parts, usable, span, options.stride)
  // Far enough apart that no event of the calibration scores is counted over the border of two blocks.
  const between = blocks ? options.mergeGap + 1 : 1
  // A detector that judges its own training part, each sample by a fit that has not seen it, needs no part to stop by: it learns from that too.
  const isNetwork = name === 'autoencoder'
  const learnt = isNetwork ? parts.train : { start: parts.train.start, end: parts.validation.end }
  const learning = separated(part(prepared.frame, learnt), clipSegments(usable, learnt), between)
  const judging = separated(part(prepared.frame, parts.validation), segments.validation)
  if (isConstant(learning.frame)) throw createError('data-constant', {})
  // Regimes are found in readings as they came, as they are followed later.
  const asCame =
    options.regimes === 'off'
      ? undefined
      : separated(part(frame, learnt), clipSegments(usable, learnt), between).frame
  const finder = asCame && chosenRegimes(asCame, options)
  const scaler = SCALERS[options.scaler].fit(learning.frame)
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
          architecture: (architecture ?? null) as unknown as Json,
          telltale: VERSION,
          kernels: runtime.build,
        })
  const seconds = new Map<string, number>()
  const onFitted = (member: string, took: number) => seconds.set(member, took)
  const scaled = scaler.transform(learning.frame)
  const detector = await createDetector(name, options, named, runtime, onFitted)
    .fit(scaled, {
      validation: scaler.transform(judging.frame),
      segments: { train: learning.segments, validation: judging.segments },
      seed: options.seed,
      keepBest: options.keepBest,
      onProgress: hooks.onProgress,
      onCheckpoint: checkpoint?.hear,
      resume: checkpoint?.resume,
      signal: hooks.signal,
    })
    .finally(checkpoint?.flush)
  const { start, end } = parts.calibration
  const { score } = await scoreSegments(detector, scaler.transform(part(prepared.frame, parts.calibration)), {
    segments: segments.calibration,
    masked: prepared.masked?.subarray(start * frame.channels.length, end * frame.channels.length),
  })
  // In the order of time; a sample without a score keeps its place.
  const heldBack = isNetwork ? undefined : detector.heldBack?.score
  const rawScores = Float32Array.from([...(heldBack ?? []), ...score])
  const levelled =
    finder &&
    levelByRegime(finder, [...(heldBack ? [asCame] : []), part(frame, parts.calibration)], rawScores, {
      window,
      always: options.regimes !== 'auto',
    })
  const inUnits = levelled?.scores ?? rawScores
  const learntFrom = heldBack?.length ?? 0
  const calibrationScores = Float32Array.from([
    ...inUnits.subarray(0, learntFrom),
    ...apart(
      inUnits.subarray(learntFrom),
      borders.map(border => border - start),
      between,
    ),
  ])
  const threshold = rule.fit(calibrationScores)
  await checkpoint?.remove()
  const { timeMs } = frame
  const network = networkOf(detector)
  const best = network?.history.find(record => record.epoch === network.bestEpoch)
  const members = memberInfo(detector, scaled, options.seed, seconds)
  const baseline = await fitBaseline(scaled, options.seed)
  return {
    scaler,
    detector,
    threshold,
    ...(levelled?.regimes && { regimes: levelled.regimes }),
    calibrationScores,
    ...(baseline && { baseline }),
    info: {
      kind: name,
      ...(architecture && { architecture: architecture.name }),
      ...(members && { members }),
      createdAt: new Date().toISOString(),
      versions,
      ...(hooks.device !== undefined && { device: hooks.device }),
      channels: frame.channels,
      timeColumn: hooks.columns?.time ?? null,
      labelColumn: hooks.columns?.label ?? null,
      window: options.window,
      stride: options.stride,
      schema,
      seed: options.seed,
      parameters: network?.network.parameterCount ?? null,
      options: kept,
      training: {
        rows: sampleCount(frame),
        ...(blocks && { blocks: blocksInfo(blocks) }),
        timeKind: frame.timeKind,
        from: timeMs[0],
        to: timeMs[timeMs.length - 1],
        dataSha256,
        parts: isNetwork ? { ...parts } : { train: learnt, calibration: parts.calibration },
        epochs: network?.history.length ?? null,
        bestEpoch: network?.bestEpoch ?? null,
        bestValidationLoss: best?.validationLoss ?? null,
        seconds: Math.round(performance.now() - started) / 1000,
      },
      ...(options.regimes !== 'off' && {
        regimes: levelled ? regimeFacts(levelled, threshold.level) : [],
      }),
      calibration: {
        samples: scoredCount(calibrationScores),
        method: threshold.state().kind,
        level: threshold.level,
        promise: promiseOf(threshold, calibrationScores, setting),
      },
    },
  }
}

/** What there is to say of the members of a detector; of one alone neither weight nor skill. */
function memberInfo(
  detector: OnlineDetector & Partial<Pick<CrossFittedEnsemble, 'judgeMembers'>>,
  train: Frame,
  seed: number,
  seconds: ReadonlyMap<string, number>,
): MemberInfo[] | undefined {
  const members = membersOf(detector)
  const { judgeMembers } = detector
  if (members === undefined || members.length === 1 || judgeMembers === undefined)
    return members?.map(({ name, reason }) => ({ name, reason }))
  const skills = memberSkills({ members, judgeMembers }, train, seed)
  return members.map(({ name, reason }, m) => ({
    name,
    reason,
    weight: 1 / members.length,
    skill: skills[m],
    seconds: Math.ceil(1000 * (seconds.get(name) ?? 0)) / 1000,
  }))
}

const part = (frame: Frame, { start, end }: Interval) => sliceFrame(frame, start, end)

/**
 * The stretches of each part that can be used, counted from its first sample.
 *
 * @throws DataError `data-too-short` when no window of a part lies between gaps and what is left out
 */
function segmentsOf(parts: HistoryParts, usable: readonly Interval[], span: number, stride: number) {
  const within = (name: keyof HistoryParts) => {
    const stretches = clipSegments(usable, parts[name])
    if (windowStarts(stretches, span, stride).length > 0) return stretches
    const rows = Math.max(0, ...stretches.map(({ start, end }) => end - start))
    const purpose = `the ${name} part between gaps and excluded ranges`
    throw createError('data-too-short', { rows, purpose, wanted: span, window: span })
  }
  return {
    train: within('train'),
    validation: within('validation'),
    calibration: within('calibration'),
  }
}

function isConstant(frame: Frame): boolean {
  const c = frame.channels.length
  return frame.values.every((value, i) => Number.isNaN(value) || value === frame.values[i % c])
}
