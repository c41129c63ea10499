import { DAY_MS } from '../core/milliseconds.js'
import type { Random } from '../core/random.js'

/** Load of the operating modes: idle, part load, normal, full. */
const MODES = [0.1, 0.45, 0.7, 0.95]
const MODE_HOURS = 5

/** The common causes behind all channels, each `[N]`. */
export interface Latents {
  /** 0 = idle, 1 = full, with daily and weekly rhythm. */
  readonly load: Float64Array
  /** Demand: zero mean, standard deviation 1, correlation time 45 min. */
  readonly demand: Float64Array
  /** Degrees C: daily rhythm on slowly changing weather. */
  readonly ambient: Float64Array
}

/** Draws the factors at the given times, `cadenceSeconds` apart. */
export function latentFactors(timeMs: Float64Array, cadenceSeconds: number, random: Random): Latents {
  const n = timeMs.length
  const latents = { load: new Float64Array(n), demand: new Float64Array(n), ambient: new Float64Array(n) }
  const modes = random.fork('modes')
  const switchShare = 1 - Math.exp(-cadenceSeconds / (3600 * MODE_HOURS))
  const rampShare = 1 - Math.exp(-cadenceSeconds / 480)
  const demand = wander(cadenceSeconds / 2700, random.fork('demand'))
  const weather = wander(cadenceSeconds / (36 * 3600), random.fork('weather'))
  const flutter = wander(cadenceSeconds / 900, random.fork('flutter'))
  let mode = 2
  let level = MODES[mode]
  for (let i = 0; i < n; i++) {
    if (modes.uniform() < switchShare) mode = (mode + 1 + modes.integer(MODES.length - 1)) % MODES.length
    level += rampShare * (MODES[mode] - level)
    const rhythm = 1 + 0.15 * daily(timeMs[i], 15) - (isWeekend(timeMs[i]) ? 0.12 : 0)
    latents.load[i] = Math.max(0, level * rhythm + 0.015 * flutter())
    latents.demand[i] = demand()
    latents.ambient[i] = 14 + 6 * daily(timeMs[i], 16) + 3 * weather()
  }
  return latents
}

/** Cosine of the day that is 1 at `peakHour` (UTC). */
function daily(timeMs: number, peakHour: number): number {
  return Math.cos(2 * Math.PI * (timeMs / DAY_MS - peakHour / 24))
}

function isWeekend(timeMs: number): boolean {
  // Day 0 of the epoch was a Thursday.
  return ((((Math.floor(timeMs / DAY_MS) + 4) % 7) + 7) % 7) % 6 === 0
}

/** Ornstein-Uhlenbeck process of unit variance, `step` correlation times between two samples. */
function wander(step: number, random: Random): () => number {
  const keep = Math.exp(-step)
  const innovation = Math.sqrt(1 - keep * keep)
  let value = random.normal()
  return () => (value = keep * value + innovation * random.normal())
}
