import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../../core/frame.js'
import { createRandom } from '../../core/random.js'
import { detectionDelays, intervalsOf, medianDelay } from '../../evaluate/index.js'
import type { Model } from '../../model/index.js'
import { alignmentOf, type LoopHooks, type SessionSettings } from '../../session/index.js'
import {
  channelRange,
  FAULT_KINDS,
  FAULT_LADDERS,
  type FaultLadder,
  type FaultName,
  faultAtStep,
  type InjectedFault,
  injectFaults,
} from '../../simulate/index.js'
import { detect } from '../score/detect.js'
import { warmUpOf } from '../score/warm-up.js'
import { type HeldBack, heldBackRows } from './held-back.js'
import { raisedFlags } from './raised.js'

/** Share of the injected faults that must be found. */
const WANTED_SHARE = 0.95
/** Most of a copy that faults may take. */
const LARGEST_SHARE = 0.3

export interface SmallestFault {
  readonly channel: string
  readonly kind: FaultName
  /** Of sizes: `spreads` (1.4826 MAD of the channel), or `samples` that the fault lasts. */
  readonly unit: FaultLadder['unit']
  /** The smallest size from which on at least 95 % are found; `null` when the largest is not. */
  readonly smallest: number | null
  /** The same in the unit of the channel, of a size in spreads. */
  readonly smallestReading: number | null
  /** Median samples from the start of such a fault to its first flag; `null` without a smallest one. */
  readonly delay: number | null
  /** What was tried, rising: the search goes down from the largest and ends at the first size of which too few are found. */
  readonly tried: readonly { readonly size: number; readonly found: number }[]
}

export interface SmallestFaults {
  /** Rows into which faults were injected, and how it is known that the model has not learnt from them. */
  readonly rows: number
  readonly known: HeldBack['known']
  /** Later samples that a score waits for: a delay in live operation is longer by these. */
  readonly lookahead: number
  readonly repeats: number
  readonly faults: readonly SmallestFault[]
}

export interface SmallestFaultsSettings extends SessionSettings {
  /** Faults of each kind and size in each channel. */
  readonly repeats: number
  readonly seed: number
  /** `[N]` 1 = known fault: these rows, and those within a window of them, are left alone. Default: all rows are normal. */
  readonly labels?: ArrayLike<number>
}

/** Why no interval of rows takes a fault. */
function noCalm({ raised, score }: { readonly raised: Uint8Array; readonly score: Float32Array }): Error {
  const n = score.length
  const scored = score.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0)
  const alarms = raised.reduce((sum, flag) => sum + flag, 0)
  if (scored < n / 2)
    return createError('data-no-calm', {
      reason: `${n - scored} of ${counted(n, 'row')} have no score, because gaps or missing readings leave no whole window`,
      remedy:
        'Span short gaps with --max-gap and fill missing readings with --missing, or give rows without them',
    })
  return createError('data-no-calm', {
    reason: `${alarms} of ${counted(n, 'row')} are in alarm as they are, and faults go to rows that are a window away from every alarm and label`,
    remedy:
      'Give more normal rows. Where these are normal, the model does not fit them: train it on rows like these',
  })
}

/**
 * What a model would notice, without labels of faults: faults of every kind of the catalogue of `simulate` are injected into copies of normal
 * data that the model has not learnt from, one channel at a time, at falling sizes (see `FAULT_LADDERS`). A fault is found when a flagged
 * sample of it is part of an event. Rows that raise an event as they are get no fault: it could not be distinguished from a false alarm.
 *
 * Cost: that of `detect` for each kind and size, times the copies that hold all faults. Errors: those of `detect`, `data-seen` when the model
 * has learnt from every row, `labels-length`, and `data-too-short` when no fault fits.
 */
export async function smallestFaults(
  model: Model,
  frame: Frame,
  { repeats, seed, labels, ...settings }: SmallestFaultsSettings,
  hooks: LoopHooks = {},
): Promise<SmallestFaults> {
  const { window } = model.info
  const held = heldBackRows(model, frame)
  if (held.intervals.length === 0) throw createError('data-seen', { rows: sampleCount(frame) })
  const warmUp = warmUpOf(model)
  const from = Math.max(0, held.intervals[0].start - warmUp)
  const clean = sliceFrame(frame, from)
  const find = async (rows: Frame) => {
    const lenient = { ...settings, validationLevel: 'permissive' as const }
    const { flag, events, score } = await detect(model, rows, lenient, { signal: hooks.signal })
    return { raised: raisedFlags(flag, events), score }
  }
  const asItIs = await find(clean)
  const calm = calmStretches(clean, from, held, labels, window, asItIs)
  const longest = calm.reduce((most, { start, end }) => Math.max(most, end - start), 0)
  if (longest < 3) throw noCalm(asItIs)

  /** Injects faults of one kind and size into each of some channels: by channel, how long each took to be found; null = it was not. */
  const delaysOf = async (kind: FaultName, size: number, names: readonly string[]) => {
    const { magnitude, length } = faultAtStep(kind, size)
    const random = createRandom(seed).fork(`${kind} ${size}`)
    // Usual lengths are shortened in a short series, so that there is calm around a fault.
    const isLength = FAULT_LADDERS[kind].unit === 'samples'
    const fitting = isLength ? length : Math.max(1, Math.min(length, Math.floor(longest / 3)))
    const delays = new Map(names.map(name => [name, [] as (number | null)[]]))
    const queue = Array.from({ length: repeats }, (_, r) =>
      names.map(name => ({ id: `${name} ${r}`, kind, channels: [name], magnitude })),
    ).flat()
    while (queue.length > 0) {
      const places = placesOf(fitting, calm, warmUp, bound => random.integer(bound + 1))
      const faults: InjectedFault[] = queue
        .splice(0, places.length)
        .map((fault, i) => ({ ...fault, ...places[i] }))
      const { raised } = await find(injectFaults(clean, faults, random))
      for (const fault of faults) delays.get(fault.channels[0])!.push(delayOf(raised, fault))
    }
    return delays
  }

  const { channels } = frame
  const spreads = channels.map(name => channelRange(clean, name).spread)
  // With a single channel there is no relation to break.
  const kinds = FAULT_KINDS.filter(kind => kind !== 'correlation-break' || channels.length > 1)
  const results: SmallestFault[] = []
  for (const [k, kind] of kinds.entries()) {
    const { unit } = FAULT_LADDERS[kind]
    const ladder = FAULT_LADDERS[kind].steps.filter(step => unit === 'spreads' || step <= longest)
    const own = channels.map(channel => ({
      channel,
      kind,
      unit,
      smallest: null as number | null,
      smallestReading: null as number | null,
      delay: null as number | null,
      tried: [] as { size: number; found: number }[],
    }))
    let searched = own
    for (const [s, size] of ladder.toReversed().entries()) {
      const names = searched.map(({ channel }) => channel)
      const delays = await delaysOf(kind, size, names)
      for (const entry of searched) {
        const ofSize = delays.get(entry.channel)!
        const found = ofSize.filter(delay => delay !== null).length / ofSize.length
        entry.tried.unshift({ size, found })
        if (found < WANTED_SHARE) continue
        entry.smallest = size
        if (unit === 'spreads') entry.smallestReading = size * spreads[channels.indexOf(entry.channel)]
        entry.delay = medianDelay(ofSize).value
      }
      searched = searched.filter(({ smallest }) => smallest === size)
      hooks.onProgress?.(k * ladder.length + s + 1, kinds.length * ladder.length)
      if (searched.length === 0) break
    }
    results.push(...own)
  }
  return {
    rows: calm.reduce((sum, { start, end }) => sum + end - start, 0),
    known: held.known,
    lookahead:
      alignmentOf(model, settings.alignment, 'two-sided') === 'causal' ? 0 : model.detector.lookahead,
    repeats,
    faults: results.sort((a, b) => channels.indexOf(a.channel) - channels.indexOf(b.channel)),
  }
}

/** Where faults may be injected: held-back rows that are scored, not labelled and not within a window of labelled ones, and raise no event. */
function calmStretches(
  clean: Frame,
  from: number,
  held: HeldBack,
  labels: ArrayLike<number> | undefined,
  margin: number,
  { raised, score }: { readonly raised: Uint8Array; readonly score: Float32Array },
): Interval[] {
  const usable = new Uint8Array(sampleCount(clean))
  for (const { start, end } of held.intervals) usable.fill(1, Math.max(0, start - from), end - from)
  if (labels !== undefined && labels.length !== from + usable.length)
    throw createError('labels-length', { got: labels.length, wanted: from + usable.length })
  for (const { start, end } of intervalsOf(labels ?? []))
    usable.fill(0, Math.max(0, start - margin - from), Math.max(0, end + margin - from))
  return intervalsOf(usable.map((yes, i) => (yes && !raised[i] && !Number.isNaN(score[i]) ? 1 : 0)))
}

/**
 * Places for faults in one copy, far enough apart that one does not stand in the memory of the next.
 *
 * @param draw an integer from 0 to its argument
 */
function placesOf(
  length: number,
  calm: readonly Interval[],
  gap: number,
  draw: (bound: number) => number,
): Interval[] {
  const distance = Math.max(length + gap, Math.ceil(length / LARGEST_SHARE))
  const places: Interval[] = []
  let free = 0
  for (const stretch of calm) {
    const slack = stretch.end - Math.max(stretch.start, free) - length
    if (slack < 0) continue
    const first = Math.max(stretch.start, free) + draw(Math.min(slack, distance))
    for (let start = first; start + length <= stretch.end; start += distance) {
      places.push({ start, end: start + length })
      free = start + distance
    }
  }
  return places
}

function delayOf(raised: Uint8Array, { start, end }: Interval): number | null {
  return detectionDelays(raised.subarray(start, end), new Uint8Array(end - start).fill(1))[0]
}
