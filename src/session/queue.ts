import { REASONS, type Reason, type Scores } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'
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

/**
 * @param width number of channels
 * @param from `state()` of another queue
 */
export function createQueue(
  channels: readonly string[],
  timeKind: Frame['timeKind'],
  isMasking: boolean,
  from?: State,
): Queue {
  const width = channels.length
  let capacity = 0
  let [timeMs, values] = [new Float64Array(0), new Float64Array(0)]
  let trust = new Float32Array(0)
  let [kind, masked] = [new Uint8Array(0), new Uint8Array(0)]
  /** Samples `[head, tail)` wait; those before `decided` are decided. */
  let [head, decided, tail] = [0, 0, 0]

  const reserve = (n: number) => {
    if (tail + n <= capacity) return
    const size = tail - head
    if (size + n > capacity / 2) {
      capacity = Math.max(LEAST_CAPACITY, 2 * (size + n))
      timeMs = grown(timeMs.subarray(head, tail), new Float64Array(capacity))
      values = grown(values.subarray(head * width, tail * width), new Float64Array(capacity * width))
      trust = grown(trust.subarray(head, tail), new Float32Array(capacity))
      kind = grown(kind.subarray(head, tail), new Uint8Array(capacity))
      if (isMasking)
        masked = grown(masked.subarray(head * width, tail * width), new Uint8Array(capacity * width))
    } else {
      for (const array of [timeMs, trust, kind]) array.copyWithin(0, head, tail)
      for (const array of [values, masked]) array.copyWithin(0, head * width, tail * width)
    }
    decided -= head
    head = 0
    tail = size
  }

  /** Nothing waits: a large piece leaves no large buffers behind. */
  const release = () => {
    head = 0
    decided = 0
    tail = 0
    if (capacity <= MOST_IDLE) return
    capacity = 0
    timeMs = new Float64Array(0)
    values = new Float64Array(0)
    trust = new Float32Array(0)
    kind = new Uint8Array(0)
    masked = new Uint8Array(0)
  }

  if (from) {
    const { arrays, options } = checkState(from, KIND, 1, { timeMs: null })
    const n = arrays.timeMs.data.length
    checkState(from, KIND, 1, { values: n * width, trust: n, kind: n, masked: isMasking ? n * width : 0 })
    reserve(n)
    timeMs.set(arrays.timeMs.data)
    values.set(arrays.values.data)
    trust.set(arrays.trust.data)
    kind.set(arrays.kind.data)
    masked.set(arrays.masked.data)
    tail = n
    decided = Number((options as { decided?: unknown }).decided)
  }

  /** Samples at the head that are done when `scored` more scores are there. */
  const countDone = (scored: number): number => {
    let left = scored
    let i = head
    for (; i < decided; i++) if (kind[i] === SCORED && left-- === 0) break
    return i - head
  }

  const add = ({ frame, marks, trust: trusted }: Incoming): void => {
    const n = sampleCount(frame)
    reserve(n)
    timeMs.set(frame.timeMs, tail)
    values.set(frame.values, tail * width)
    trust.set(trusted, tail)
    for (let i = 0; i < n; i++) kind[tail + i] = marks[i] === LATE ? ORDER : UNDECIDED
    if (isMasking) masked.fill(0, tail * width, (tail + n) * width)
    tail += n
  }
  const decide = (samples: PreparedSamples): void => {
    for (let k = 0; k < samples.usable.length; decided++) {
      if (kind[decided] === ORDER) continue
      kind[decided] = samples.usable[k] ? SCORED : MISSING
      if (samples.masked) masked.set(samples.masked.subarray(k * width, (k + 1) * width), decided * width)
      k++
    }
    while (decided < tail && kind[decided] === ORDER) decided++
  }
  const take = (scores: Scores): Ready => {
    const n = countDone(scores.score.length)
    const end = head + n
    const ready = {
      frame: {
        timeMs: timeMs.slice(head, end),
        timeKind,
        values: values.slice(head * width, end * width),
        channels,
      },
      trust: trust.slice(head, end),
      ...(isMasking && { masked: masked.slice(head * width, end * width) }),
      scores: spread(scores, kind.subarray(head, end), width),
    }
    head = end
    if (head === tail) release()
    return ready
  }

  return {
    get size() {
      return tail - head
    },
    pass(samples, prepared, scores) {
      if (samples) add(samples)
      decide(prepared)
      return take(scores)
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: { decided: decided - head },
      arrays: {
        timeMs: vector(timeMs.slice(head, tail)),
        values: vector(values.slice(head * width, tail * width)),
        trust: vector(trust.slice(head, tail)),
        kind: vector(Float32Array.from(kind.subarray(head, tail))),
        masked: vector(Float32Array.from(masked.subarray(head * width, tail * width))),
      },
    }),
  }
}

function grown<A extends Float64Array | Float32Array | Uint8Array>(from: A, to: A): A {
  to.set(from)
  return to
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
