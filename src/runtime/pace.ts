/**
 * Finds out whether helpers pay: work goes by turns with them and alone until both are known, then on as was faster, and now and then the other way is
 * tried again. On a free machine helpers win; with one core, a quota or a busy neighbour a thread that was put to sleep with a ticket in its hand would
 * keep everybody waiting, and working alone wins.
 */
export interface Pace {
  begin(): { readonly alone: boolean; end(tickets: number): void }
}

/** Consecutive calls that each way is measured over. */
const TRIAL = 12
/** Calls of the faster way between two trials of the other; doubles each time that it is still slower. */
const FIRST_INTERVAL = 10 * TRIAL
const LONGEST_INTERVAL = 160 * TRIAL
/** Calls at the beginning that do not count: helpers start, code is compiled. */
const WARM_UP = 8
/** The other way must be faster by this to be taken; this one slower than it was by that to be doubted before the interval ends. */
const CLEARLY = 1.05
const DOUBTFUL = 1.3

/** @param now a clock, ms */
export function createPace(now: () => number = () => performance.now()): Pace {
  /** Milliseconds per ticket: with helpers, alone. */
  const cost = [Number.NaN, Number.NaN]
  let way = 0
  let best = 0
  let interval = FIRST_INTERVAL
  /** Calls of the best way since the last trial. */
  let since = 0
  let calls = -WARM_UP
  let tickets = 0
  let elapsed = 0

  /** The way to continue by, after a run of calls of one way. */
  function decide(): number {
    const other = 1 - way
    const measured = elapsed / tickets
    const isDoubtful = measured > DOUBTFUL * cost[way]
    cost[way] = measured
    if (Number.isNaN(cost[other])) return other
    if (way === best) {
      since += TRIAL
      if (isDoubtful) interval = FIRST_INTERVAL
      return isDoubtful || since >= interval ? other : best
    }
    since = 0
    if (CLEARLY * measured < cost[best]) {
      best = way
      interval = FIRST_INTERVAL
    } else {
      interval = Math.min(LONGEST_INTERVAL, 2 * interval)
    }
    return best
  }

  return {
    begin() {
      const from = now()
      return {
        alone: way === 1,
        end(done) {
          calls++
          if (calls <= 0) return
          tickets += done
          elapsed += now() - from
          if (calls < TRIAL) return
          way = decide()
          calls = 0
          tickets = 0
          elapsed = 0
        },
      }
    },
  }
}
