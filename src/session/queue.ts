import { REASONS, type Reason, type Scores } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { createError } from '../core/errors.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { checkState, countIn, type State, vector } from '../core/state.js'
import { LATE, type PreparedSamples } from '../validate/index.js'

/** Samples that leave the queue together: their scores are final. */
export interface Ready {
  readonly frame: Frame
  readonly trust: Float32Array
  /** `[n * C]` 1 where a reading does not count; absent without masks. */
  readonly masked?: Uint8Array
  readonly scores: Scores
}

/** Samples as they come in. */
export interface Incoming {
  readonly frame: Frame
  /** `[n]` how each follows on the one before; late ones get no score. */
  readonly marks: Uint8Array
  readonly trust: Float32Array
}

/** The samples that have come in and have no final score yet, in order. */
export interface Queue {
  readonly size: number
  /**
   * Takes samples in, and gives those that are done.
   *
   * @param samples new ones, if any
   * @param decided what was decided of the next samples that are not late
   * @param scores of the next samples that can be used
   */
  pass(samples: Incoming | undefined, decided: PreparedSamples, scores: Scores): Ready
  state(): State
}

const KIND = 'online:queue'
const SCORED = 0
const MISSING = REASONS.indexOf('missing' satisfies Reason)
const ORDER = REASONS.indexOf('order' satisfies Reason)
const UNDECIDED = 255
const LEAST_CAPACITY = 16
/** Samples of an empty queue that keep their room. */
const MOST_IDLE = 64

/** The columns of waiting samples, with room for more. */
class Columns {
  readonly timeMs: Float64Array
  readonly values: Float64Array
  readonly trust: Float32Array
  /** `SCORED`, the reason why there is no score, or `UNDECIDED`. */
  readonly kind: Uint8Array
  /** Empty when no channel is masked. */
  readonly masked: Uint8Array
  readonly capacity: number
  readonly #width: number

  constructor(capacity: number, width: number, isMasking: boolean) {
    this.capacity = capacity
    this.#width = width
    this.timeMs = new Float64Array(capacity)
    this.values = new Float64Array(capacity * width)
    this.trust = new Float32Array(capacity)
    this.kind = new Uint8Array(capacity)
    this.masked = new Uint8Array(isMasking ? capacity * width : 0)
  }

  /** Samples `[start, end)` as copies. */
  slice(start: number, end: number) {
    const [from, to] = [start * this.#width, end * this.#width]
    return {
      timeMs: this.timeMs.slice(start, end),
      values: this.values.slice(from, to),
      trust: this.trust.slice(start, end),
      kind: this.kind.slice(start, end),
      masked: this.masked.slice(from, to),
    }
  }

  /** Writes samples from position `at` on. */
  put(
    at: number,
    part: Partial<Record<'timeMs' | 'values' | 'trust' | 'kind' | 'masked', ArrayLike<number>>>,
  ) {
    if (part.timeMs) this.timeMs.set(part.timeMs, at)
    if (part.trust) this.trust.set(part.trust, at)
    if (part.kind) this.kind.set(part.kind, at)
    if (part.values) this.values.set(part.values, at * this.#width)
    if (part.masked) this.masked.set(part.masked, at * this.#width)
  }
}

/** @param from `state()` of another queue */
export function createQueue(
  channels: readonly string[],
  timeKind: Frame['timeKind'],
  isMasking: boolean,
  from?: State,
): Queue {
  return new WaitingSamples(channels, timeKind, isMasking, from)
}

class WaitingSamples implements Queue {
  readonly #channels: readonly string[]
  readonly #timeKind: Frame['timeKind']
  readonly #isMasking: boolean
  #columns: Columns
  /** Samples `[head, tail)` wait; those before `decided` are decided. */
  #head = 0
  #decided = 0
  #tail = 0

  constructor(channels: readonly string[], timeKind: Frame['timeKind'], isMasking: boolean, from?: State) {
    this.#channels = channels
    this.#timeKind = timeKind
    this.#isMasking = isMasking
    this.#columns = new Columns(0, channels.length, isMasking)
    if (from) this.#restore(from)
  }

  get size(): number {
    return this.#tail - this.#head
  }

  pass(samples: Incoming | undefined, prepared: PreparedSamples, scores: Scores): Ready {
    if (samples) this.#add(samples)
    this.#decide(prepared)
    return this.#take(scores)
  }

  state(): State {
    const { timeMs, values, trust, kind, masked } = this.#columns.slice(this.#head, this.#tail)
    return {
      kind: KIND,
      version: 1,
      options: { decided: this.#decided - this.#head },
      arrays: {
        timeMs: vector(timeMs),
        values: vector(values),
        trust: vector(trust),
        kind: vector(Float32Array.from(kind)),
        masked: vector(Float32Array.from(masked)),
      },
    }
  }

  #restore(from: State): void {
    const n = checkState(from, KIND, 1, { timeMs: null }).arrays.timeMs.data.length
    const cells = n * this.#channels.length
    const lengths = { values: cells, trust: n, kind: n, masked: this.#isMasking ? cells : 0 }
    const { timeMs, values, trust, kind, masked } = checkState(from, KIND, 1, lengths).arrays
    const decided = countIn(from, 'decided')
    if (decided > n)
      throw createError('state-unfit', { got: counted(decided, 'decided sample'), wanted: `at most ${n}` })
    this.#reserve(n)
    this.#columns.put(0, {
      timeMs: timeMs.data,
      values: values.data,
      trust: trust.data,
      kind: kind.data,
      masked: masked.data,
    })
    this.#tail = n
    this.#decided = decided
  }

  #reserve(n: number): void {
    if (this.#tail + n <= this.#columns.capacity) return
    const { size } = this
    const isSmall = size + n > this.#columns.capacity / 2
    const kept = this.#columns.slice(this.#head, this.#tail)
    if (isSmall) {
      const capacity = Math.max(LEAST_CAPACITY, 2 * (size + n))
      this.#columns = new Columns(capacity, this.#channels.length, this.#isMasking)
    }
    this.#columns.put(0, kept)
    this.#decided -= this.#head
    this.#head = 0
    this.#tail = size
  }

  #add({ frame, marks, trust }: Incoming): void {
    const n = sampleCount(frame)
    this.#reserve(n)
    const { timeMs, values } = frame
    const kind = marks.map(mark => (mark === LATE ? ORDER : UNDECIDED))
    this.#columns.put(this.#tail, { timeMs, values, trust, kind })
    const width = this.#channels.length
    if (this.#isMasking) this.#columns.masked.fill(0, this.#tail * width, (this.#tail + n) * width)
    this.#tail += n
  }

  #decide({ usable, masked }: PreparedSamples): void {
    const { kind } = this.#columns
    const width = this.#channels.length
    for (let k = 0; k < usable.length; this.#decided++) {
      if (kind[this.#decided] === ORDER) continue
      kind[this.#decided] = usable[k] ? SCORED : MISSING
      if (masked) this.#columns.put(this.#decided, { masked: masked.subarray(k * width, (k + 1) * width) })
      k++
    }
    while (this.#decided < this.#tail && kind[this.#decided] === ORDER) this.#decided++
  }

  #take(scores: Scores): Ready {
    const end = this.#head + this.#countDone(scores.score.length)
    const { timeMs, values, trust, kind, masked } = this.#columns.slice(this.#head, end)
    this.#head = end
    if (this.#head === this.#tail) this.#release()
    return {
      frame: { timeMs, timeKind: this.#timeKind, values, channels: this.#channels },
      trust,
      ...(this.#isMasking && { masked }),
      scores: spread(scores, kind, this.#channels.length),
    }
  }

  /** Samples at the head that are done when `scored` more scores are there. */
  #countDone(scored: number): number {
    const { kind } = this.#columns
    let left = scored
    let i = this.#head
    for (; i < this.#decided; i++) if (kind[i] === SCORED && left-- === 0) break
    return i - this.#head
  }

  /** Nothing waits: a large piece leaves no large buffers behind. */
  #release(): void {
    this.#head = 0
    this.#decided = 0
    this.#tail = 0
    if (this.#columns.capacity > MOST_IDLE)
      this.#columns = new Columns(0, this.#channels.length, this.#isMasking)
  }
}

/** The scores of usable samples among those that have none for another reason. */
function spread(scores: Scores, kind: Uint8Array, width: number): Scores {
  const n = kind.length
  if (scores.score.length === n) return scores
  const { expected, sharp } = scores
  const all = {
    score: new Float32Array(n).fill(Number.NaN),
    residual: new Float32Array(n * width).fill(Number.NaN),
    reason: Uint8Array.from(kind),
    ...(expected && { expected: new Float32Array(n * width).fill(Number.NaN) }),
    ...(sharp && { sharp: new Float32Array(n).fill(Number.NaN) }),
  }
  for (let i = 0, k = 0; i < n; i++) {
    if (kind[i] !== SCORED) continue
    all.score[i] = scores.score[k]
    all.reason[i] = scores.reason[k]
    const own = scores.residual.subarray(k * width, (k + 1) * width)
    all.residual.set(own, i * width)
    if (sharp) all.sharp?.fill(sharp[k], i, i + 1)
    if (expected) all.expected?.set(expected.subarray(k * width, (k + 1) * width), i * width)
    k++
  }
  return all
}
