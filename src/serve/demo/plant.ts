import { type Frame, sliceFrame } from '../../core/frame.js'
import { createRandom } from '../../core/random.js'
import { type FaultName, generatePlant, type InjectedFault, injectFaults } from '../../simulate/index.js'

/** A device of the simulated plant. */
export interface DemoDevice {
  readonly name: string
  /** Normal operation, to train on. */
  readonly history: Frame
  /** What follows on the history: first without faults, then with one every `DEVICES` minutes of real time. */
  readonly live: Frame
  readonly faults: readonly InjectedFault[]
}

export const CADENCE_MS = 60_000
const DEVICES = ['pump-1', 'pump-2', 'pump-3', 'fan-1', 'fan-2']
const ROWS = 4000
/** Samples at the start of `live` that are there already when the page opens. */
export const BEFORE = 1000
/** Samples between faults of the plant: a minute at 60 times the speed. */
const FAULT_EVERY = 60
const FIRST_FAULT = 5
const LENGTH = 35

const KINDS: readonly { readonly kind: FaultName; readonly channel: number; readonly magnitude: number }[] = [
  { kind: 'level-shift', channel: 0, magnitude: 5 },
  { kind: 'noise-burst', channel: 2, magnitude: 4 },
  { kind: 'drift', channel: 3, magnitude: 6 },
  { kind: 'spike', channel: 4, magnitude: 8 },
  { kind: 'level-shift', channel: 1, magnitude: 5 },
]

/** Five devices of a plant with one fault after another, each on the next device. Samples end at `endMs` of the part that is there already. */
export function demoPlant(endMs: number): DemoDevice[] {
  const lastMs = Math.floor(endMs / CADENCE_MS) * CADENCE_MS
  const start = new Date(lastMs - (ROWS + BEFORE) * CADENCE_MS).toISOString()
  return DEVICES.map((name, d) => {
    const { train, test } = generatePlant({
      rows: ROWS,
      channels: 5,
      faults: 0,
      seed: d + 1,
      start,
      cadenceSeconds: CADENCE_MS / 1000,
    })
    const faults = faultsOf(d, test)
    return { name, history: train, live: injectFaults(test, faults, createRandom(d + 1), train), faults }
  })
}

function faultsOf(device: number, { channels }: Frame): InjectedFault[] {
  const faults: InjectedFault[] = []
  for (let minute = device; ; minute += DEVICES.length) {
    const start = BEFORE + FIRST_FAULT + minute * FAULT_EVERY
    if (start + LENGTH > ROWS) return faults
    const { kind, channel, magnitude } = KINDS[(minute + Math.floor(minute / DEVICES.length)) % KINDS.length]
    const end = start + (kind === 'spike' ? 3 : LENGTH)
    faults.push({ id: `fault-${minute}`, kind, start, end, channels: [channels[channel]], magnitude })
  }
}

/** Samples `[from, to)` of devices as messages, those of the same time together. */
export function demoMessages(devices: readonly DemoDevice[], from: number, to: number): string[] {
  const lines: string[] = []
  for (let i = from; i < to; i++)
    for (const { name, live } of devices) {
      const { timeMs, values, channels } = sliceFrame(live, i, i + 1)
      if (timeMs.length === 0) continue
      const readings = Object.fromEntries(
        channels.map((channel, c) => [channel, Number(values[c].toPrecision(6))]),
      )
      lines.push(JSON.stringify({ device: name, time: new Date(timeMs[0]).toISOString(), ...readings }))
    }
  return lines
}
