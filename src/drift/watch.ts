import type { DriftChange, SignalDrift } from '../core/contracts.js'
import { checkOptions, checkState, type Json, type State } from '../core/state.js'
import { median } from '../stats/index.js'
import { normalScore } from './normal-score.js'
import type { ChannelReference } from './reference.js'
import type { WatchBlock } from './watch-block.js'
import { type WatchMethod, type WatchTestState, watchTest } from './watch-method.js'
import { watchVerdict } from './watch-verdict.js'

/** One series that is watched for a change. */
export interface WatchedSignal {
  readonly reference: ChannelReference
  readonly block: WatchBlock
  /** Samples of the history. */
  readonly historySamples: number
}

export interface WatchRules {
  readonly method: WatchMethod
  /** Independent values between two false alarms, on average, of all signals together. */
  readonly runLength: number
  /** Samples without another change after which a drift is over. */
  readonly coolDown: number
}

/** Watches signals sample by sample. Memory O(signals), whatever the number of samples. */
export interface Watch {
  /**
   * @param values `[signals]` NaN = missing: it changes nothing but the cool-down
   * @returns what became known with this sample
   */
  push(timeMs: number, values: ArrayLike<number>): readonly DriftChange[]
  /** The series has ended, and with it the drifts that are open. */
  finish(): readonly DriftChange[]
  state(): State
}

/** Mean of a block and the time of its first sample. */
type Block = readonly [startMs: number, mean: number]

/** Where a signal is. */
interface SignalState {
  test: WatchTestState
  /** Of the block that is being filled. */
  startMs: number
  scores: number
  sum: number
  count: number
  /** The newest blocks since the last change. */
  newest: Block[]
  /** Samples since the last change. */
  quiet: number
  open: SignalDrift | null
}

const KIND = 'drift:watch'
/** Blocks that are kept to say when a change began. */
const MOST_BLOCKS = 64

/**
 * Online detection of change in scores or readings. Each sample is brought to a normal distribution by its rank in the history, blocks of samples that say about as much as an independent
 * one are averaged, and a test for independent values looks at these. A change opens a drift; further ones within the cool-down belong to it.
 *
 * @param from `state()` of another one with the same signals and rules
 */
export function createWatch(signals: readonly WatchedSignal[], rules: WatchRules, from?: State): Watch {
  const test = watchTest(rules.method, rules.runLength * signals.length)
  const facts = { rules: watchKey(signals, rules) }
  if (from) checkOptions(checkState(from, KIND, 1), facts)
  const saved = from && (from.options as unknown as { readonly signals: SignalState[] }).signals
  const states: SignalState[] = saved
    ? structuredClone(saved)
    : signals.map(({ block, historySamples }) => ({
        test: test.start(Math.floor(historySamples / block.samples)),
        startMs: 0,
        scores: 0,
        sum: 0,
        count: 0,
        newest: [],
        quiet: 0,
        open: null,
      }))

  /** A block is full; how many of the newest blocks lie after a change, 0 without one. */
  function endBlock({ block }: WatchedSignal, state: SignalState): number {
    const step = test.step(state.test, state.scores / block.samples / block.deviation)
    state.test = step.state
    state.newest.push([state.startMs, state.sum / state.count])
    if (state.newest.length > MOST_BLOCKS) state.newest.shift()
    state.scores = state.sum = state.count = 0
    return Math.min(step.since, state.newest.length)
  }

  /** All drifts decide together, so also those that another change of the same sample opened. */
  const judged = (changes: readonly Changed[]): DriftChange[] => {
    if (changes.length === 0) return []
    const verdict = watchVerdict(signals.map(({ reference }, s) => ({ reference, drift: states[s]!.open })))
    return changes.map(change => ({ ...change, ...verdict }))
  }

  return {
    push(timeMs, values) {
      const changes: Changed[] = []
      for (const [s, signal] of signals.entries()) {
        const state = states[s]!
        const value = values[s]!
        state.quiet++
        if (Number.isFinite(value)) {
          if (state.count === 0) state.startMs = timeMs
          state.scores += normalScore(signal.reference, value)
          state.sum += value
          state.count++
          const since = state.count === signal.block.samples ? endBlock(signal, state) : 0
          if (since > 0) changes.push(changed(signal, rules.method, state, since, timeMs))
        }
        if (state.open && state.quiet >= rules.coolDown) changes.push(closed(state))
      }
      return judged(changes)
    },
    finish: () => judged(states.flatMap(state => (state.open ? [closed(state)] : []))),
    state: () => ({
      kind: KIND,
      version: 1,
      options: { ...facts, signals: structuredClone(states) as unknown as Json },
      arrays: {},
    }),
  }
}

/** Names what a state of a watch depends on. */
export function watchKey(signals: readonly WatchedSignal[], rules: WatchRules): string {
  return JSON.stringify([rules, signals.map(({ reference, block }) => [reference.channel, block.samples])])
}

type Changed = Pick<DriftChange, 'type' | 'drift'>

/** Notes a change that the newest `since` blocks show, and begins to count again after it. */
function changed(
  { reference }: WatchedSignal,
  method: WatchMethod,
  state: SignalState,
  since: number,
  timeMs: number,
): Changed {
  const { open, newest } = state
  const after = newest.slice(newest.length - since)
  const before = newest.slice(0, newest.length - since)
  // Of the means of blocks the median: a reading far out moves one block.
  const middle = (blocks: readonly Block[]) => median(Float64Array.from(blocks, ([, mean]) => mean))
  const drift: SignalDrift = {
    id: open?.id ?? `drift/${reference.channel}/${timeMs}`,
    signal: reference.channel,
    method,
    times: { startMs: open?.times.startMs ?? after[0]![0], lastMs: timeMs },
    before: open?.before ?? (before.length > 0 ? middle(before) : reference.mean),
    after: middle(after),
    changes: (open?.changes ?? 0) + 1,
  }
  state.open = drift
  state.newest = after
  state.quiet = 0
  return { type: open ? 'updated' : 'opened', drift }
}

function closed(state: SignalState): Changed {
  const drift = state.open!
  state.open = null
  return { type: 'closed', drift }
}
