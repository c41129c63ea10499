import type { FitContext, FittedDetector } from '../../core/contracts.js'
import { createError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import { kebabCase } from '../../core/options.js'
import { detectorsOf, refuseWithoutEffect } from '../../core/parse-options.js'
import {
  autoencoder,
  COMMITTEE,
  type CrossFittedEnsemble,
  cheapMembers,
  committeeMember,
  type FittedAutoencoder,
  type FittedEnsemble,
  isEnsemble,
  type Member,
  type Runtime,
  SIMPLE_DETECTORS,
  smoothed,
} from '../../detect/index.js'
import { ARCHITECTURES, type ArchitectureDefinition } from '../../nn/index.js'
import { type FilledOptions, type TrainOptions, trainSettings } from '../settings/train-options.js'
import type { DetectorName } from './detector-names.js'

/** A detector that was just fitted, as the pipeline sees it. */
export type Fitted = FittedDetector &
  Partial<
    Pick<
      CrossFittedEnsemble,
      'heldBack' | 'scoreMembersHeldBack' | 'scales' | 'switches' | 'baseline' | 'cycle'
    >
  >

/** A detector that can be fitted. */
export interface Fittable {
  fit(train: Frame, context: FitContext): Promise<Fitted>
}

/**
 * The detector that the options ask for: `auto`, or `autoencoder` when an option that only it has was given.
 *
 * @throws OptionError `option-without-effect` for an option that does not count for the detector that was asked for
 */
export function chosenDetector(options: Partial<TrainOptions>): DetectorName {
  const { detector = networkOption(options) === undefined ? 'auto' : 'autoencoder' } = options
  refuseWithoutEffect(trainSettings, options, detector)
  if (options.trimRounds !== undefined && !options.trim)
    throw createError('option-without-effect', {
      name: '--trim-rounds',
      where: 'without --trim',
      wanted: '--trim',
    })
  return detector
}

/** The option that made the detector a network, as it is given on the command line; none when one was asked for by name, or none is needed. */
export function networkOption(options: Partial<TrainOptions>): string | undefined {
  if (options.detector !== undefined) return undefined
  const key = (Object.keys(trainSettings.shape) as (keyof TrainOptions)[]).find(
    key => options[key] !== undefined && detectorsOf(trainSettings, key) !== undefined,
  )
  return key && `--${kebabCase(key)}`
}

/** What the networks of a detector are; none when it has none. */
export function architectureFor(
  name: DetectorName,
  named: ArchitectureDefinition | undefined,
): ArchitectureDefinition | undefined {
  if (name === 'autoencoder') return named ?? ARCHITECTURES[0]
  return name === 'committee' ? (named ?? COMMITTEE.architecture) : undefined
}

/**
 * The members that a detector has, one or several, their scores smoothed together at several scales or to `eventLength`; none for an
 * autoencoder unless that is given.
 *
 * @param architecture that the options name; a committee of one with its own window reads `options.window` samples
 */
export function membersFor(
  name: DetectorName,
  options: FilledOptions,
  architecture: ArchitectureDefinition | undefined,
  runtime: Runtime,
): Member[] | undefined {
  const { eventLength, units, latent, window } = options
  if (name === 'auto') return cheapMembers(runtime.build)
  if (name === 'committee') {
    const network = architecture === undefined ? COMMITTEE : { ...COMMITTEE, architecture, window }
    return [committeeMember(runtime, { ...network, units, latent })]
  }
  if (name !== 'autoencoder') {
    const { description: reason, create } = SIMPLE_DETECTORS[name]
    return [{ name, reason, detector: create(), power: 1 }]
  }
  if (eventLength === undefined || eventLength === 0) return undefined
  return [{ name, reason: 'as asked for', detector: singleNetwork(options, runtime, architecture), power: 1 }]
}

/**
 * The detector of a training.
 *
 * @param onFitted is called with how many seconds each member took
 */
export function createDetector(
  name: DetectorName,
  options: FilledOptions,
  architecture: ArchitectureDefinition | undefined,
  runtime: Runtime,
  onFitted: (member: string, seconds: number) => void = () => {},
): Fittable {
  const members = membersFor(name, options, architecture, runtime)
  if (members === undefined) return singleNetwork(options, runtime, architecture)
  const timed = members.map(
    (member): Member => ({
      ...member,
      detector: {
        async fit(train, context) {
          const started = performance.now()
          const fitted = await member.detector.fit(train, context)
          onFitted(member.name, (performance.now() - started) / 1000)
          return fitted
        },
      },
    }),
  )
  const isAuto = name === 'auto'
  return smoothed(timed, { eventLength: options.eventLength, cycle: isAuto, relations: isAuto })
}

function singleNetwork(
  options: FilledOptions,
  runtime: Runtime,
  architecture: ArchitectureDefinition = ARCHITECTURES[0],
) {
  const optimizer = options.optimizer && { type: options.optimizer }
  return autoencoder({ ...options, architecture, optimizer }, runtime)
}

/** The network of a detector that is one. */
export function networkOf(detector: FittedDetector): FittedAutoencoder | undefined {
  if ('network' in detector) return detector as FittedAutoencoder
  const members = membersOf(detector)
  return members?.length === 1 ? networkOf(members[0].detector) : undefined
}

/** The members of a detector that combines several. */
export function membersOf(detector: FittedDetector): FittedEnsemble['members'] | undefined {
  return isEnsemble(detector) ? detector.members : undefined
}
