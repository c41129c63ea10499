import type { FittedScaler, FittedThreshold, OnlineDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Json, State, Tensor } from '../core/state.js'
import type { Runtime } from '../detect/index.js'
import { loadArtefact, saveArtefact } from '../store/index.js'
import type { AlarmPromise } from '../threshold/index.js'
import { type DataSchema, dataSchema } from '../validate/index.js'
import type { BlocksInfo } from './blocks.js'
import type { ModelRegimes, RegimeFacts } from './regimes.js'
import { loadDetector, loadFittedThreshold, loadRegimes, loadScaler } from './registry.js'
import { createRuntime } from './threads.js'

/** A detector that takes part in another. One alone, and those of models made before they were kept, have neither weight nor skill. */
export interface MemberInfo {
  readonly name: string
  /** Why it is there. */
  readonly reason: string
  /** Share in the score; the weights sum to 1. */
  readonly weight?: number
  /** Chance that a sample of an injected fault scores higher than a normal one, see `memberSkills`; `null` when it cannot be told. */
  readonly skill?: number | null
  /** Time that learning took. */
  readonly seconds?: number
}

/** What a model says about itself; `manifest.json` holds it together with the state of the stages. */
export interface ModelInfo {
  readonly kind: string
  /** Name of the architecture of a network, or of each of a committee. */
  readonly architecture?: string
  /** Detectors that are combined, and why each is there. */
  readonly members?: readonly MemberInfo[]
  readonly createdAt: string
  readonly versions: { readonly telltale: string; readonly node: string; readonly kernels: string }
  /** The device that it was trained on, where a table of several was given. */
  readonly device?: string
  readonly channels: readonly string[]
  readonly timeColumn: string | null
  readonly labelColumn: string | null
  readonly window: number
  readonly stride: number
  /** What the history looked like; models of telltale 0.1 before it was kept have none. */
  readonly schema?: DataSchema
  readonly seed: number
  /** Trainable numbers of a network. */
  readonly parameters: number | null
  readonly options: { readonly [key: string]: Json }
  readonly training: {
    readonly rows: number
    /** Of a history larger than memory: the rows are those of so many blocks of it. */
    readonly blocks?: BlocksInfo
    readonly timeKind: 'utc' | 'index'
    /** First and last time of the history. */
    readonly from: number
    readonly to: number
    /** SHA-256 over times and values. */
    readonly dataSha256: string
    readonly parts: { readonly [part: string]: { readonly start: number; readonly end: number } }
    /** Of a network. */
    readonly epochs: number | null
    readonly bestEpoch: number | null
    readonly bestValidationLoss: number | null
    readonly seconds: number
  }
  /** What `--regimes` found; absent when it is off. */
  readonly regimes?: readonly RegimeFacts[]
  readonly calibration: {
    readonly samples: number
    readonly method: string
    readonly level: number
    /** Alarms a day to expect; null without regular times, absent in models made before it was kept. */
    readonly promise?: AlarmPromise | null
  }
}

/** A trained model: the stages and what it says about itself. */
export interface Model {
  readonly info: ModelInfo
  readonly scaler: FittedScaler
  readonly detector: OnlineDetector
  readonly threshold: FittedThreshold
  /** Of the machine, when there are any: scores are brought into units of their regime before the threshold. */
  readonly regimes?: ModelRegimes
  /**
   * Scores of the held-back calibration part in time order, in units of their regime, NaN where there is none: other thresholds are found from them
   * without the data.
   */
  readonly calibrationScores: Float32Array
  /** Principal components of what the detector learnt from, see `fitBaseline`; models made before they were kept have none. */
  readonly baseline?: OnlineDetector
}

const FILE = 'weights'

/** Writes a model as a folder, atomically. Errors as `saveArtefact`. */
export async function saveModel(model: Model, path: string): Promise<void> {
  const stages = {
    scaler: model.scaler.state(),
    detector: model.detector.state(),
    threshold: model.threshold.state(),
    ...(model.baseline && { baseline: model.baseline.state() }),
    ...(model.regimes && {
      regimes: model.regimes.finder.state(),
      'regime-levels': model.regimes.levels.state(),
    }),
  }
  const tensors: Record<string, Tensor> = {
    'calibration.scores': { shape: [model.calibrationScores.length], data: model.calibrationScores },
  }
  const described: Record<string, Json> = {}
  for (const [stage, state] of Object.entries(stages)) {
    described[stage] = { kind: state.kind, version: state.version, options: state.options }
    for (const [name, tensor] of Object.entries(state.arrays)) tensors[`${stage}.${name}`] = tensor
  }
  const manifest = { ...(model.info as unknown as Record<string, Json>), stages: described }
  await saveArtefact(path, { manifest, tensors: { [FILE]: tensors } })
}

/** Reads a model back; the same samples get the same scores as before saving, bit for bit on the same kernel build. Errors as `loadArtefact`. */
export async function loadModel(path: string, runtime: Runtime = createRuntime(1)): Promise<Model> {
  const { manifest, tensors } = await loadArtefact(path)
  try {
    return assemble(manifest, tensors[FILE] ?? {}, runtime)
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error
    throw createError(
      'artefact-damaged',
      { path, file: 'manifest.json', reason: 'it does not describe a model' },
      error,
    )
  }
}

function assemble(manifest: Record<string, Json>, tensors: Record<string, Tensor>, runtime: Runtime): Model {
  const { stages, ...info } = manifest as { stages: Record<string, Omit<State, 'arrays'>> } & Record<
    string,
    Json
  >
  const state = (stage: string): State => ({
    ...stages[stage],
    arrays: Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(`${stage}.`))
        .map(([name, tensor]) => [name.slice(stage.length + 1), tensor]),
    ),
  })
  return {
    info: { ...(info as unknown as ModelInfo), schema: dataSchema.optional().parse(info.schema) },
    scaler: loadScaler(state('scaler')),
    detector: loadDetector(state('detector'), runtime),
    threshold: loadFittedThreshold(state('threshold')),
    ...(stages.regimes && { regimes: loadRegimes(state('regimes'), state('regime-levels')) }),
    calibrationScores: Float32Array.from(tensors['calibration.scores'].data),
    ...(stages.baseline && { baseline: loadDetector(state('baseline'), runtime) }),
  }
}
