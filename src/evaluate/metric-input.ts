import { affiliation } from './affiliation.js'
import { confusion } from './confusion.js'
import { detectionDelays } from './delay.js'
import { falseAlarms } from './false-alarms.js'
import { intervalsOf } from './labels.js'
import type { EvaluateOptions } from './options.js'
import { once, type Scored } from './scored.js'
import { volumes } from './vus.js'

/** The input of a metric. Work that several metrics share is done once, on first use. */
export type MetricInput = ReturnType<typeof metricInput>

/**
 * @param flags `[n]` of the scored samples
 * @param alarms `[n]` 1 in events that rules have made of the flags; default: the flags
 * @param stepMs NaN when unknown
 */
export function metricInput(
  scored: Scored,
  flags: Uint8Array,
  alarms: Uint8Array | undefined,
  stepMs: number,
  options: EvaluateOptions,
) {
  const { scores, labels, position } = scored
  // A flag that the event rules dropped did not lead to an event.
  const raised = alarms ? flags.map((flag, i) => flag & alarms[i]) : flags
  const mergeGap = alarms ? 0 : options.mergeGap
  return {
    scored,
    scores,
    labels,
    flags,
    raised,
    alarms: alarms ?? flags,
    stepMs,
    options,
    events: once(() => intervalsOf(labels)),
    volume: once(() => volumes(scored, options.buffer)),
    counts: once(() => confusion(flags, labels)),
    affiliation: once(() => affiliation(flags, labels)),
    falseAlarms: once(() => falseAlarms(alarms ?? flags, labels, { mergeGap, stepMs })),
    /** In samples of the series, unscored ones included. */
    delays: once(() => detectionDelays(raised, labels, position)),
  }
}
