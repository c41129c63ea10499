import type { EventCounting } from '../core/contracts.js'
import { calmSamples, createGate, type GateRules } from './gate.js'

/**
 * Number of events at a level, by the state machine of the events. The expected alarm rate counts with it.
 *
 * Rules of channels and maintenance are about readings and times, which scores do not have: they are left out. Cost of a count O(n).
 *
 * @example
 * import { checkEventOptions } from './machine.js'
 * import { eventCounting } from './counting.js'
 * const { count } = eventCounting(checkEventOptions({ mergeGap: 0, openCount: 2 }))
 * count([0, 3, 3, 0, 3, 0], 2) // => 1
 * count([0, 3, 3, 0, 3, 0], 4) // => 0
 */
export function eventCounting(rules: GateRules): EventCounting {
  return {
    calm: calmSamples(rules),
    closeBelow: rules.closeBelow,
    criticalScore: rules.criticalScore ?? Number.POSITIVE_INFINITY,
    coolDown: rules.coolDown,
    count(scores, level, { cooling = true } = {}) {
      const gate = createGate(cooling ? rules : { ...rules, coolDown: 0 })
      let events = 0
      for (let i = 0; i < scores.length; i++) {
        // As a score is published: single precision.
        const score = Math.fround(scores[i] / level)
        if (gate.push(score, score > 1, false) === 'opened') events++
      }
      return events
    },
  }
}
