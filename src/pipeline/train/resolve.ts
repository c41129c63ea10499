import { checkFrame, checkParts } from '../../core/check-input.js'
import type { Alignment } from '../../core/contracts.js'
import type { Frame } from '../../core/frame.js'
import { parseOptions, refuseUnknown } from '../../core/parse-options.js'
import { type EventSettings, resolveEventRules } from '../../events/index.js'
import type { ModelSettings } from '../../model/index.js'
import { type ArchitectureDefinition, findArchitecture } from '../../nn/index.js'
import { ADAPT_DEFAULTS, checkThresholdOptions, resolveThreshold } from '../../threshold/index.js'
import {
  type FilledOptions,
  filled,
  type TrainOptions,
  trainOptions,
  trainSettings,
} from '../settings/train-options.js'
import type { TrainSettings } from '../settings/train-settings.generated.js'
import type { HistoryBlocks } from './blocks.js'
import type { DetectorName } from './detector-names.js'
import { architectureFor, chosenDetector } from './detectors.js'

/** What a training is to do, with every default filled in. */
export interface ResolvedTraining {
  readonly options: FilledOptions
  readonly history: Frame
  /** The history is larger than memory: these blocks of it were kept. */
  readonly blocks: HistoryBlocks | undefined
  readonly detector: DetectorName
  /** That the options name; undefined = the detector's own. */
  readonly named: ArchitectureDefinition | undefined
  readonly architecture: ArchitectureDefinition | undefined
  /** Samples that one window reads, with those it forecasts. */
  readonly span: number
  readonly settings: ModelSettings
  /** Whose days and weeks the machine follows. */
  readonly timeZone: string
}

/** How held-back scores are made: by fits without a part of the history, or from a part that is kept for it. */
export const HELD_BACK_PARTS: readonly DetectorName[] = ['autoencoder']

export const BOTH: readonly Alignment[] = ['causal', 'two-sided']

/**
 * @param named takes the place of the predefined architecture that the options name
 * @throws OptionError
 */
export function resolveTraining(
  history: Frame | HistoryBlocks,
  given: TrainSettings,
  architecture: ArchitectureDefinition | undefined,
  timeZone = 'UTC',
): ResolvedTraining {
  const asked = parseOptions(trainSettings, given, 'the training')
  refuseUnknown(trainOptions, given, 'the training')
  const detector = chosenDetector(asked)
  const options = filled(asked)
  checkThresholdOptions(options)
  checkParts(history, [], 'history', 'the training')
  const blocks = 'borders' in history ? history : undefined
  const frame = checkFrame('borders' in history ? history.frame : history, 'the training')
  const named = architecture ?? (options.architecture ? findArchitecture(options.architecture) : undefined)
  const network = architectureFor(detector, named)
  return {
    options,
    history: frame,
    blocks,
    detector,
    named,
    architecture: network,
    span: options.window + (network?.horizon ?? 0),
    settings: settingsOf({ ...options, timeZone }, frame.channels),
    timeZone,
  }
}

/** How the model will score when nothing else is asked for. */
function settingsOf(
  options: TrainOptions & Pick<EventSettings, 'timeZone'>,
  channels: readonly string[],
): ModelSettings {
  const { missing, missingByChannel, maxGap, adapt, adaptLimit, adaptMemory } = options
  return {
    missing: { missing, missingByChannel, maxGap },
    events: resolveEventRules(options, undefined, channels),
    adapt: { ...ADAPT_DEFAULTS, adapt, adaptLimit, adaptMemory },
    threshold: resolveThreshold(options),
  }
}
