import { z } from 'zod'
import type { FittedDetector, FittedScaler, FittedThreshold } from '../core/contracts.js'
import { ArtefactError } from '../core/errors.js'
import { type Json, nestedState, type State } from '../core/state.js'
import {
  detectorLoader,
  type FittedRegimes,
  loadAutoencoder,
  loadCommittee,
  REGIME_LOADERS,
  type Runtime,
} from '../detect/index.js'
import { loadAffineScaler } from '../scale/index.js'
import { THRESHOLD_LOADERS } from '../threshold/index.js'
import { DETECTOR_RULES, REGIME_RULES, SCALER_RULES } from './detector-rules.js'
import { checkStage, damaged, issueText, type StageContext } from './state-rule.js'
import { THRESHOLD_RULES } from './threshold-rules.js'

/** Restores a scaler. Errors: as `checkStage`. */
export function loadScaler(state: State, context: StageContext): FittedScaler {
  checkStage(state, SCALER_RULES, context)
  return loadAffineScaler(state)
}

/** Restores a detector, and the members of one that combines several. Errors: as `checkStage`. */
export function loadDetector(state: State, runtime: Runtime, context: StageContext): FittedDetector {
  checkDetector(state, context)
  const load = detectorLoader({
    'detector:autoencoder': { versions: [1, 2], load: own => loadAutoencoder(own, runtime) },
    'detector:committee': { versions: [1], load: own => loadCommittee(own, runtime.build) },
  })
  return guarded(context, () => load(state))
}

/** Restores a threshold. Errors: as `checkStage`. */
export function loadThreshold(state: State, context: StageContext): FittedThreshold {
  checkStage(state, THRESHOLD_RULES, context)
  return guarded(context, () => THRESHOLD_LOADERS[state.kind](state))
}

/** Restores what finds the regimes. Errors: as `checkStage`. */
export function loadRegimes(state: State, context: StageContext): FittedRegimes {
  checkStage(state, REGIME_RULES, context)
  return guarded(context, () => REGIME_LOADERS[state.kind](state))
}

function checkDetector(state: State, context: StageContext): void {
  checkStage(state, DETECTOR_RULES, context)
  if (state.kind !== 'detector:ensemble') return
  for (const [name, member] of Object.entries(memberStates(state)))
    checkDetector(member, { ...context, stage: `${context.stage}.${name}` })
}

/** The states of the members of an ensemble; those of telltale 0.1 stand beside the members. */
function memberStates(state: State): Record<string, State> {
  const { members, parts } = state.options as unknown as {
    readonly members: readonly { readonly state?: Json }[]
    readonly parts?: { readonly [name: string]: Json }
  }
  const own = parts ?? Object.fromEntries(members.map((member, m) => [`member${m}`, member.state ?? null]))
  const nested = { options: { parts: own }, arrays: state.arrays }
  return Object.fromEntries(Object.keys(own).map(name => [name, nestedState(nested, name) as State]))
}

/** What a loader cannot make sense of is a damaged model: the data come from outside. */
function guarded<T>({ stage }: StageContext, load: () => T): T {
  try {
    return load()
  } catch (error) {
    if (error instanceof ArtefactError && error.code !== 'artefact-damaged') throw error
    if (error instanceof z.ZodError) throw damaged(`${stage}.options${issueText(error)}`, error)
    const reason = error instanceof ArtefactError ? error.where.reason : (error as Error).message
    throw damaged(`${stage}: ${reason}`, error)
  }
}
