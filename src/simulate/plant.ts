import { type Frame, sliceFrame } from '../core/frame.js'
import { createRandom, type Random } from '../core/random.js'
import { applyFault, channelRanges, type InjectedFault } from './faults/inject.js'
import { planFaults } from './faults/plan.js'
import { latentFactors } from './latents.js'
import { resolveOptions, type SimulateOptions } from './options.js'
import { SENSORS, type Sensor } from './sensors.js'

export interface Plant {
  /** `[rows, channels]` clean. */
  readonly train: Frame
  /** `[rows, channels]` the samples right after `train`, with the faults. */
  readonly test: Frame
  /** `[rows]` 1 where a fault is active in `test`. */
  readonly labels: Uint8Array
  /** In order of time; positions are samples of `test`. */
  readonly events: InjectedFault[]
}

/**
 * A simulated pump station: channels driven by common factors (a load that switches between operating modes, a demand, the
 * weather; daily and weekly rhythm; temperatures that lag behind), each with autocorrelated noise. A clean training frame, then
 * a labelled test frame that continues it; `rows` is the length of each. See `SENSORS` for channels and units.
 *
 * The base signal depends on seed, rows, cadence, start and its own channel only: neither faults nor further channels shift it.
 * Errors: `option-invalid`. Cost O(rows x channels).
 *
 * @example
 * import { generatePlant } from 'telltale'
 * const { train, events } = generatePlant({ rows: 2000, channels: 2 })
 * train.channels // => ['power', 'flow']
 * events.length // => 12
 */
export function generatePlant(options: SimulateOptions = {}): Plant {
  const {
    rows,
    channels: count,
    seed,
    cadenceSeconds,
    start,
    difficulty,
    faults,
  } = resolveOptions(options, 'plant')
  const random = createRandom(seed)
  const channels = Array.from({ length: count }, (_, c) => channelName(c))
  const startMs = Date.parse(start)
  const timeMs = Float64Array.from({ length: 2 * rows }, (_, i) => startMs + i * cadenceSeconds * 1000)
  const latents = latentFactors(timeMs, cadenceSeconds, random.fork('latents'))
  const values = new Float64Array(2 * rows * count)
  channels.forEach((name, c) => {
    const sensor = SENSORS[c % SENSORS.length]
    const column = readings(
      sensor,
      latents,
      cadenceSeconds,
      c < SENSORS.length,
      random.fork(`channel ${name}`),
    )
    for (let i = 0; i < column.length; i++) values[i * count + c] = column[i]
  })
  const whole: Frame = { timeMs, timeKind: 'utc', values, channels }
  const train = sliceFrame(whole, 0, rows)
  const test = sliceFrame(whole, rows)

  const events = planFaults(rows, channels, faults, difficulty, random.fork('faults'))
  const rangeOf = channelRanges(train)
  const labels = new Uint8Array(rows)
  for (const fault of events) {
    applyFault(test, fault, random.fork('injection'), rangeOf)
    labels.fill(1, fault.start, fault.end)
  }
  return { train, test, labels, events }
}

/** `power`, `flow`, ... and, past the end of the table, `power_2`, `flow_2`, ... */
function channelName(c: number): string {
  const round = Math.floor(c / SENSORS.length)
  const { name } = SENSORS[c % SENSORS.length]
  return round === 0 ? name : `${name}_${round + 1}`
}

/** One channel `[N]`: gains times factors, lagged, plus noise. Machines after the first differ a little in their gains. */
function readings(
  sensor: Sensor,
  latents: ReturnType<typeof latentFactors>,
  cadenceSeconds: number,
  nominal: boolean,
  random: Random,
): Float64Array {
  const variant = random.fork('variant')
  const gain = (value = 0) => value * (nominal ? 1 : 1 + 0.15 * variant.normal())
  const [load, loadSquared, demand, ambient] = [
    sensor.load,
    sensor.loadSquared,
    sensor.demand,
    sensor.ambient,
  ].map(gain)
  const n = latents.load.length
  const x = new Float64Array(n)
  const noise = random.fork('noise')
  const follow =
    sensor.lagMinutes === undefined ? 1 : 1 - Math.exp(-cadenceSeconds / (60 * sensor.lagMinutes))
  const keep = 0.6
  const innovation = sensor.noise * Math.sqrt(1 - keep * keep)
  let lagged = Number.NaN
  let error = sensor.noise * noise.normal()
  for (let i = 0; i < n; i++) {
    const l = latents.load[i]
    const target = load * l + loadSquared * l * l + demand * latents.demand[i]
    lagged = i === 0 ? target : lagged + follow * (target - lagged)
    error = keep * error + innovation * noise.normal()
    x[i] = sensor.base + lagged + ambient * latents.ambient[i] + error
  }
  return x
}
