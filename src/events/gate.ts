/** The rules that decide when an event opens and closes; counts and lengths in samples. */
export interface GateRules {
  readonly openCount: number
  /** Default: `openCount`. */
  readonly openWithin?: number
  readonly closeBelow: number
  /** Default: never. */
  readonly criticalScore?: number
  readonly mergeGap: number
  readonly minLength: number
  readonly coolDown: number
}

/** State of a gate, as plain JSON. */
export interface GateState {
  /** Number of samples so far. */
  samples: number
  /** First sample at which another event may open. */
  quietUntil: number
  /** Flagged samples that are part of no event because of maintenance, and because of the cool-down. */
  inMaintenance: number
  inCoolDown: number
  /** The interval that is pending or open, from its first flag to the last sample that belongs to it; null in calm. */
  current: {
    open: boolean
    start: number
    end: number
    /** Flagged samples among the last `openWithin`, while pending. */
    recent: number[]
  } | null
}

/**
 * What a sample did: `calm` = there is no interval; `pending` and `extended` = it belongs to the interval that is pending or open; `waiting` = there
 * is an interval, and it does not belong to it; `opened`, `closed` and `dropped` (before it was open) = the interval became that.
 */
export type GateStep = 'calm' | 'pending' | 'opened' | 'extended' | 'waiting' | 'closed' | 'dropped'

export interface Gate {
  /** @param holds whether an open event stays open, whatever the score; default false */
  push(score: number, flag: boolean, maintenance: boolean, holds?: boolean): GateStep
  /** The series has ended. */
  finish(): GateStep
  /** Live view: it changes with each sample. */
  readonly state: GateState
}

/** Consecutive samples without a flag, and not above `closeBelow`, after which nothing is pending or open. */
export function calmSamples({ mergeGap, openCount, openWithin = openCount }: GateRules): number {
  // Two of the m flags may lie n - m apart.
  return Math.max(mergeGap, openWithin - openCount)
}

/**
 * The state machine of events without their content: scores in, openings and closings out. States and transitions:
 *
 * | state | a sample that | leads to |
 * |---|---|---|
 * | calm | is flagged | pending |
 * | pending | is critical, or the m-th flag of n with `minLength` reached | open |
 * | pending | is one more than the larger of `mergeGap` and n - m without a flag | calm (dropped, nothing was reported) |
 * | open | is flagged, or above `closeBelow` | open (the event grows) |
 * | open | is one more than `mergeGap` of others, and does not hold the event | cooling (closed) |
 * | cooling | is critical, or flagged `coolDown` samples after the end | pending |
 * | any | lies in maintenance | calm, cooling after an open event (closed or dropped) |
 *
 * A first flag may open at once: pending and open are then one step. NaN is a sample without a flag. Memory O(n), cost O(1) per calm sample.
 *
 * @param state of another gate with the same rules, which this one continues
 */
export function createGate(
  rules: GateRules,
  state: GateState = { samples: 0, quietUntil: 0, inMaintenance: 0, inCoolDown: 0, current: null },
): Gate {
  const { openCount, closeBelow, mergeGap, minLength, coolDown } = rules
  const openWithin = rules.openWithin ?? openCount
  const criticalScore = rules.criticalScore ?? Number.POSITIVE_INFINITY
  const pendingGap = calmSamples(rules)

  const end = (): GateStep => {
    const { current } = state
    if (current === null) return 'calm'
    state.current = null
    if (!current.open) return 'dropped'
    state.quietUntil = current.end + coolDown
    return 'closed'
  }

  const isOver = ({ open, end }: NonNullable<GateState['current']>, i: number, holds: boolean) =>
    !(open && holds) && i + 1 - end > (open ? mergeGap : pendingGap)

  return {
    state,
    finish: end,
    push(score, flag, maintenance, holds = false) {
      const i = state.samples++
      if (maintenance) {
        if (flag) state.inMaintenance++
        return end()
      }
      const critical = flag && score >= criticalScore
      if (state.current === null) {
        if (!flag) return 'calm'
        if (i < state.quietUntil && !critical) {
          state.inCoolDown++
          return 'calm'
        }
        state.current = { open: false, start: i, end: i, recent: [] }
      }
      const { current } = state
      if (!flag && !(current.open && score > closeBelow)) return isOver(current, i, holds) ? end() : 'waiting'
      current.end = i + 1
      if (current.open) return 'extended'
      current.recent = [...current.recent.filter(at => at > i - openWithin), i]
      current.open =
        critical || (current.recent.length >= openCount && current.end - current.start >= minLength)
      return current.open ? 'opened' : 'pending'
    },
  }
}
