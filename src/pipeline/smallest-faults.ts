import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { createRandom } from '../core/random.js'
import { detectionDelays, medianDelay } from '../evaluate/index.js'
import { FAULT_CATALOGUE, type FaultName, type InjectedFault, injectFault } from '../simulate/index.js'
import { type DetectHooks, detect, type ThresholdSettings } from './detect.js'
import type { Model } from './model.js'

/** Kinds of the catalogue whose magnitude is a size in spreads of the channel, so that there is a smallest one. */
export const SIZED_FAULTS = [
  'spike',
  'level-shift',
  'drift',
  'noise-burst',
] as const satisfies readonly FaultName[]
export type SizedFault = (typeof SIZED_FAULTS)[number]
/** Spreads (1.4826 MAD) of the channel. */
export const FAULT_SIZES = [0.1, 0.2, 0.5, 1, 2, 3, 5, 8, 12, 20] as const
/** Share of the injected faults that must be found. */
const WANTED_SHARE = 0.95
/** Most of a copy that faults may take. */
const LARGEST_SHARE = 0.3

export interface SmallestFault {
  readonly channel: string
  readonly kind: SizedFault
  /** The smallest size from which on at least 95 % are found, spreads; `null` when the largest is not. */
  readonly size: number | null
  /** Median samples from the start of such a fault to its first flag; `null` without a size. */
  readonly delay: number | null
  /** Share found at each of `FAULT_SIZES`. */
  readonly found: readonly number[]
}

export interface SmallestFaultsSettings extends ThresholdSettings {
  /** Faults of each kind and size in each channel. */
  readonly repeats: number
  readonly seed: number
}

/**
 * What a model would notice, without labels: faults of the catalogue of `simulate` are injected into copies of normal data, one channel at a
 * time, at rising sizes. A fault counts as found when a sample of it is flagged that is not flagged in the data as they are.
 *
 * Cost: that of `detect` for each kind and size, times the copies that hold all faults. Errors: those of `detect`, and `data-too-short`
 * when no fault fits.
 */
export async function smallestFaults(
  model: Model,
  frame: Frame,
  { repeats, seed, ...settings }: SmallestFaultsSettings,
  hooks: DetectHooks = {},
): Promise<SmallestFault[]> {
  const { channels } = frame
  const { signal } = hooks
  const lenient = { ...settings, validationLevel: 'permissive' as const }
  const clean = await detect(model, frame, lenient, { signal })
  const rounds = SIZED_FAULTS.length * FAULT_SIZES.length
  const results: SmallestFault[] = []
  for (const [k, kind] of SIZED_FAULTS.entries()) {
    const delays = channels.map(() => FAULT_SIZES.map((): (number | null)[] => []))
    for (const [s, magnitude] of FAULT_SIZES.entries()) {
      const random = createRandom(seed).fork(`${kind} ${magnitude}`)
      const length = faultLength(kind, frame)
      for (let done = 0; done < repeats * channels.length; ) {
        const places = placesOf(length, frame, model, random.integer(length))
        let faulty = frame
        const faults = places.slice(0, repeats * channels.length - done).map((place, i): InjectedFault => {
          const channel = channels[(done + i) % channels.length]
          return { ...place, id: `${kind} ${done + i}`, kind, channels: [channel], magnitude }
        })
        for (const fault of faults) faulty = injectFault(faulty, fault, random.fork(fault.id), frame)
        const { flag } = await detect(model, faulty, lenient, { signal })
        const raised = flag.map((value, i) => (clean.flag[i] ? 0 : value))
        for (const [i, fault] of faults.entries())
          delays[(done + i) % channels.length][s].push(delayOf(raised, fault))
        done += faults.length
      }
      hooks.onProgress?.(k * FAULT_SIZES.length + s + 1, rounds)
    }
    results.push(...channels.map((channel, c) => ({ channel, kind, ...smallestOf(delays[c]) })))
  }
  return results.sort((a, b) => channels.indexOf(a.channel) - channels.indexOf(b.channel))
}

/** Usual length of a fault of the kind, shorter in a short series. */
function faultLength(kind: SizedFault, frame: Frame): number {
  const [shortest, longest] = FAULT_CATALOGUE[kind].duration
  return Math.max(1, Math.min(Math.round((shortest + longest) / 2), Math.floor(sampleCount(frame) / 10)))
}

/** Places for faults in one copy, far enough apart that one does not stand in the memory of the next. */
function placesOf(length: number, frame: Frame, model: Model, shift: number): Interval[] {
  const n = sampleCount(frame)
  const { window } = model.info
  const distance = Math.max(length + 2 * window, Math.ceil(length / LARGEST_SHARE))
  const places: Interval[] = []
  for (let start = window + shift; start + length <= n - window; start += distance)
    places.push({ start, end: start + length })
  if (places.length > 0) return places
  const wanted = 2 * (window + length)
  throw createError('data-too-short', { rows: n, purpose: 'injected faults', wanted, window })
}

function delayOf(flag: Uint8Array, { start, end }: Interval): number | null {
  const length = end - start
  return detectionDelays(flag.subarray(start, end), new Uint8Array(length).fill(1))[0]
}

function smallestOf(
  delays: readonly (readonly (number | null)[])[],
): Omit<SmallestFault, 'channel' | 'kind'> {
  const found = delays.map(ofSize => ofSize.filter(delay => delay !== null).length / ofSize.length)
  const first = found.findLastIndex(share => share < WANTED_SHARE) + 1
  if (first >= found.length) return { size: null, delay: null, found }
  return { size: FAULT_SIZES[first], delay: medianDelay(delays[first]).value, found }
}
