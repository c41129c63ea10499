import type { Alignment, FittedDetector } from '../../core/contracts.js'
import { type ScaledFrame, sampleCount } from '../../core/frame.js'
import type { Pauses } from '../../core/pause.js'
import type { Json } from '../../core/state.js'
import { baselineReason, scalesReason } from '../../detect/index.js'
import type { MemberInfo, ModelInfo } from '../../model/index.js'
import { blocksInfo } from './blocks.js'
import type { Calibrated } from './calibrate.js'
import type { CutHistory } from './cut-history.js'
import { type Fitted, membersOf, networkOf } from './detectors.js'
import { decisiveOptions, type FittedStages } from './fit-stages.js'
import type { ResolvedTraining } from './resolve.js'
import { memberSkills } from './skill.js'

/** What only the place of the training knows. */
export interface TrainingFacts {
  readonly createdAt: string
  readonly versions: ModelInfo['versions']
  readonly dataSha256: string
  readonly seconds: number
  readonly device: string | undefined
  readonly columns: { readonly time?: string; readonly label?: string }
  readonly reading: Readonly<Record<string, Json>>
}

/** What a model says about itself, but for its id. */
export async function describeModel(
  training: ResolvedTraining,
  cut: CutHistory,
  stages: FittedStages,
  calibrated: Record<Alignment, Calibrated>,
  facts: TrainingFacts,
  pauses: Pauses,
): Promise<Omit<ModelInfo, 'id'>> {
  const { options, history, architecture, settings } = training
  const network = networkOf(stages.detector)
  const members = await memberInfo(stages.detector, stages.learning, options.seed, stages.seconds, pauses)
  return {
    kind: training.detector,
    ...(architecture && { architecture: architecture.name }),
    ...(members && { members }),
    createdAt: facts.createdAt,
    versions: facts.versions,
    ...(facts.device !== undefined && { device: facts.device }),
    channels: history.channels,
    timeColumn: facts.columns.time ?? null,
    labelColumn: facts.columns.label ?? null,
    window: options.window,
    stride: options.stride,
    schema: cut.schema,
    seed: options.seed,
    parameters: network?.network.parameterCount ?? null,
    ...smoothingInfo(stages, options.eventLength),
    ...baselineInfo(stages, history.channels.length),
    ...cycleInfo(stages),
    ...switchInfo(stages, history.channels),
    settings,
    options: { ...decisiveOptions(training), ...facts.reading },
    training: trainingInfo(training, cut, stages, facts),
    calibration: { causal: calibrated.causal.info, 'two-sided': calibrated['two-sided'].info },
  }
}

/** The calendar cycle that a detector takes out. */
function cycleInfo({ detector: { cycle } }: FittedStages): Pick<ModelInfo, 'cycle'> {
  return cycle ? { cycle: { days: cycle.days, zone: cycle.zone, explained: cycle.explained } } : {}
}

/** At which scales an ensemble smooths, and why. */
function smoothingInfo(
  { detector, learning }: FittedStages,
  eventLength: number | undefined,
): Pick<ModelInfo, 'smoothing'> {
  if (detector.scales === undefined) return {}
  const { scales } = detector
  const reason = scalesReason(scales, sampleCount(learning), eventLength)
  return { smoothing: { scales: [...scales], reason } }
}

/** How many recent samples count beside the history, and why. */
function baselineInfo({ detector, learning }: FittedStages, channels: number): Pick<ModelInfo, 'baseline'> {
  if (detector.baseline === undefined) return {}
  const { samples } = detector.baseline
  return { baseline: { samples, reason: baselineReason(channels, sampleCount(learning)) } }
}

/** The channels that an ensemble takes for switches. */
function switchInfo({ detector }: FittedStages, channels: readonly string[]): Pick<ModelInfo, 'switches'> {
  const { switches = [] } = detector
  return switches.length === 0 ? {} : { switches: switches.map(c => channels[c]) }
}

function trainingInfo(
  { history, blocks }: ResolvedTraining,
  cut: CutHistory,
  { detector }: FittedStages,
  { dataSha256, seconds }: TrainingFacts,
): ModelInfo['training'] {
  const network = networkOf(detector)
  const best = network?.history.find(record => record.epoch === network.bestEpoch)
  return {
    rows: sampleCount(history),
    ...(blocks && { blocks: blocksInfo(blocks) }),
    timeKind: history.timeKind,
    from: history.timeMs[0],
    to: history.timeMs[history.timeMs.length - 1],
    dataSha256,
    parts: cut.named,
    epochs: network?.history.length ?? null,
    bestEpoch: network?.bestEpoch ?? null,
    bestValidationLoss: best?.validationLoss ?? null,
    seconds,
  }
}

/** What there is to say of the members of a detector; of one alone neither weight nor skill. */
async function memberInfo(
  detector: FittedDetector & Partial<Pick<Fitted, 'scoreMembersHeldBack'>>,
  train: ScaledFrame,
  seed: number,
  seconds: ReadonlyMap<string, number>,
  pauses: Pauses,
): Promise<MemberInfo[] | undefined> {
  const members = membersOf(detector)
  const { scoreMembersHeldBack } = detector
  if (members === undefined || members.length === 1 || scoreMembersHeldBack === undefined)
    return members?.map(({ name, reason }) => ({ name, reason }))
  const skills = await memberSkills({ members, scoreMembersHeldBack }, train, seed, pauses)
  return members.map(({ name, reason }, m) => ({
    name,
    reason,
    weight: 1 / members.length,
    skill: skills[m],
    seconds: Math.ceil(1000 * (seconds.get(name) ?? 0)) / 1000,
  }))
}
