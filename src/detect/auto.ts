import type { FitContext } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { type ScaledFrame, sampleCount } from '../core/frame.js'
import type { KernelBuild } from '../kernels/index.js'
import { baselineLengths } from './baseline.js'
import { COMMITTEE, type CommitteeOptions, committee } from './committee.js'
import { type CrossFittedEnsemble, type EnsembleOptions, ensemble, type Member } from './ensemble.js'
import { linearVar } from './linear-var.js'
import { nearest, nearestRhythm } from './nearest.js'
import { pca } from './pca.js'
import type { Runtime } from './runtime.js'

export interface AutoOptions {
  /** Length of a usual event, samples: one scale of the smoothing that fits it, in place of all of `SCALES`; 0 = no smoothing. */
  readonly eventLength?: number
  readonly build?: KernelBuild
}

/**
 * Scales of the smoothing, samples, each four times the one before, so that short and long events are both seen. None is chosen: not by the order of
 * the channels, nor by a period. On labelled series the mean over them ranks better than any one scale for all (docs/quality.md).
 */
export const SCALES: readonly number[] = [4, 16, 64]
/** A scale is at most this share of the samples that are learnt from, or its usual values are not known. */
const LARGEST_SHARE = 1 / 8
/** Scale of the kernel, in lengths of an event: flat between 0.2 and 0.5 on the benchmark's series. */
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
      measurements: true,
    },
    {
      name: 'pca-1',
      reason: 'relations between channels that stay broken, which a forecaster gets used to',
      detector: pca({ window: 1, share: 0.9, statistic: 'q' }),
      power: 0.5,
      measurements: true,
    },
    {
      name: 'nearest-rhythm',
      reason:
        'shapes as long as the rhythm of the series, where there is one channel and no relation to look at',
      detector: nearestRhythm({ bank: 500 }, build),
      power: 0.5,
      mostChannels: 1,
      places: false,
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
 * The default: an ensemble of the cheap detectors, smoothed at several scales. One configuration for all data; nothing is chosen by labels, and the
 * order of the channels changes nothing.
 *
 * Frames are scaled. Cost of 10,000 samples of 20 channels: a few seconds to fit and score on one core.
 */
export function auto({ eventLength, build }: AutoOptions = {}) {
  return smoothed(cheapMembers(build), { eventLength, cycle: true, relations: true })
}

/** Detectors, one or several, whose scores are smoothed at several scales, and where the history is short compared with recent ones. */
export function smoothed(
  members: readonly Member[],
  {
    eventLength,
    cycle,
    relations,
  }: Pick<AutoOptions, 'eventLength'> & Pick<EnsembleOptions, 'cycle' | 'relations'> = {},
) {
  return {
    fit(train: ScaledFrame, context: FitContext): Promise<CrossFittedEnsemble> {
      const samples = sampleCount(train)
      const scales = scalesFor(samples, eventLength)
      const recent = baselineLengths(samples, train.channels.length, eventLength)
      return ensemble(members, { scales, recent, cycle, relations }).fit(train, context)
    },
  }
}

/** Why an ensemble smooths at these scales. @param samples that it learnt from */
export function scalesReason(scales: readonly number[], samples: number, eventLength?: number): string {
  if (eventLength === 0) return 'no smoothing, as asked for'
  if (eventLength !== undefined) return `fits events of ${counted(eventLength, 'sample')}, as asked for`
  const left = SCALES.filter(scale => !scales.includes(scale))
  const all = 'together, so that short and long events are both seen'
  if (left.length === 0) return all
  return `${all}; ${left.join(' and ')} would be more than an eighth of the ${counted(samples, 'sample')} that were learnt from`
}

function scalesFor(samples: number, eventLength: number | undefined): number[] {
  if (eventLength !== undefined) return [BANDWIDTH * eventLength]
  const [least] = SCALES
  return SCALES.filter(scale => scale <= Math.max(least, samples * LARGEST_SHARE))
}
