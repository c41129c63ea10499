import { affiliation } from './affiliation.js'
import { confusion } from './confusion.js'
import { detectionDelays } from './delay.js'
import { falseAlarms } from './false-alarms.js'
import { intervalsOf } from './labels.js'
import type { EvaluateOptions } from './options.js'
import type { Scored } from './scored.js'
import { vus } from './vus.js'

/** What a metric may look at. Work that several metrics share is done once, when the first one asks. */
export type Judged = ReturnType<typeof judgedOf>

/**
 * @param flags `[n]` of the scored samples
 * @param stepMs NaN when unknown
 */
export function judgedOf(scored: Scored, flags: Uint8Array, stepMs: number, options: EvaluateOptions) {
  const { scores, labels, position } = scored
  return {
    scores,
    labels,
    flags,
    stepMs,
    options,
    events: once(() => intervalsOf(labels)),
    volume: once(() => vus(scores, labels, options)),
    counts: once(() => confusion(flags, labels)),
    affiliation: once(() => affiliation(flags, labels)),
    falseAlarms: once(() => falseAlarms(flags, labels, { ...options, stepMs })),
    /** In samples of the series, unscored ones included. */
    delays: once(() => detectionDelays(flags, labels, position)),
  }
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
