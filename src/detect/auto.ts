import type { FitContext } from '../core/contracts.js'
import { type ScaledFrame, sampleCount } from '../core/frame.js'
import type { KernelBuild } from '../kernels/index.js'
import { autocorrelationPeriod } from '../stats/index.js'
import { COMMITTEE, type CommitteeOptions, committee } from './committee.js'
import { type CrossFittedEnsemble, ensemble, type Member } from './ensemble.js'
import { linearVar } from './linear-var.js'
import { nearest } from './nearest.js'
import { pca } from './pca.js'
import type { Runtime } from './runtime.js'

export interface AutoOptions {
  /** Length of a period or of a usual event, samples; found from the first channel that moves when it is not given. */
  readonly period?: number
  readonly build?: KernelBuild
}

/** When no period can be found: long enough to join the signs of an event, short enough not to drown a short one. */
const USUAL_PERIOD = 125
/** Scale of the smoothing kernel, in periods: flat between 0.2 and 0.5 on the benchmark's series. */
const BANDWIDTH = 0.35

/** The cheap members, and why each is there. */
export function cheapMembers(build?: KernelBuild): Member[] {
  return [
    {
      name: 'var-3',
      reason: 'short dynamics and relations between channels; the best single one, even with little history',
      detector: linearVar({ lags: 3, ridge: 30 }),
      power: 1,
    },
    {
      name: 'var-10',
      reason: 'the same with a longer memory: slower oscillations',
      detector: linearVar({ lags: 10, ridge: 30 }),
      power: 1,
    },
    {
      name: 'nearest-5',
      reason: 'shapes that do not recur; strong on single channels and on several operating states',
      detector: nearest({ window: 5, bank: 500 }, build),
      power: 0.5,
    },
    {
      name: 'pca-1',
      reason: 'relations between channels that stay broken, which a forecaster gets used to',
      detector: pca({ window: 1, share: 0.9, statistic: 'q' }),
      power: 0.5,
    },
  ]
}

/** Share of its training that the rehearsal of a committee does. */
const REHEARSED = 1 / 16

/** A committee of networks as a member, by default of those that rank best. `auto` is no better for it: docs/decisions/0010-network.md. */
export function committeeMember(runtime: Runtime, options: CommitteeOptions = COMMITTEE): Member {
  const shorter = { ...options, shownWindows: options.shownWindows * REHEARSED }
  return {
    name: 'committee',
    reason: 'dynamics and relations that are not linear, where the history is long enough to learn them',
    detector: committee(options, runtime),
    rehearsal: { share: REHEARSED, detector: committee(shorter, runtime) },
    power: 1,
  }
}

/**
 * The default: an ensemble of the cheap detectors, smoothed to the period of the data. One configuration for all data; nothing is chosen
 * by labels.
 *
 * Frames are scaled. Cost of 10,000 samples of 20 channels: a few seconds to fit and score on one core.
 */
export function auto({ period, build }: AutoOptions = {}) {
  return smoothed(cheapMembers(build), { period })
}

/** Detectors, one or several, whose scores are smoothed to the period of the data. */
export function smoothed(members: readonly Member[], { period }: Pick<AutoOptions, 'period'> = {}) {
  return {
    fit(train: ScaledFrame, context: FitContext): Promise<CrossFittedEnsemble> {
      const bandwidth = BANDWIDTH * (period ?? periodOf(train))
      return ensemble(members, { bandwidth }).fit(train, context)
    },
  }
}

/** Dominant period of the first channel that moves. */
function periodOf(train: ScaledFrame): number {
  const channels = train.channels.length
  for (let c = 0; c < channels; c++) {
    const column = Float64Array.from({ length: sampleCount(train) }, (_, i) => train.values[i * channels + c])
    // Missing samples stand between stretches: they are no movement.
    if (column.some(value => value !== column[0] && !Number.isNaN(value)))
      return autocorrelationPeriod(column) ?? USUAL_PERIOD
  }
  return USUAL_PERIOD
}
