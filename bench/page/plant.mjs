// A plant of devices whose readings, scores and events follow from a seed: what the server of the page would answer.
export const NOW_MS = Date.UTC(2026, 10, 28, 12)
const DAY_MS = 86_400_000
const MODEL = 'pump@3'
const KINDS = ['pump', 'fan', 'compressor', 'conveyor', 'chiller']
const CHANNELS = [
  { name: 'flow', unit: 'm³/h', base: 118, swing: 9, noise: 1.1, periodMs: 5_400_000 },
  { name: 'pressure', unit: 'bar', base: 4.2, swing: 0.35, noise: 0.04, periodMs: 5_400_000 },
  { name: 'motor_current', unit: 'A', base: 31, swing: 2.4, noise: 0.3, periodMs: 5_400_000 },
  { name: 'vibration', unit: 'mm/s', base: 2.1, swing: 0.2, noise: 0.09, periodMs: 2_700_000 },
  { name: 'bearing_temp', unit: '°C', base: 62, swing: 3.5, noise: 0.25, periodMs: 21_600_000 },
  { name: 'speed', unit: 'rpm', base: 1480, swing: 6, noise: 1.6, periodMs: 5_400_000 },
]
const CAUSES = [
  {
    kind: 'drift',
    verdict: 'machine',
    lead: 4,
    follow: 3,
    sign: 1,
    text: t =>
      `bearing_temp rose to ${t} °C while its load did not change; vibration followed 6 min later. Check the bearing and its lubrication.`,
  },
  {
    kind: 'level-shift',
    verdict: 'machine',
    lead: 0,
    follow: 1,
    sign: -1,
    text: () =>
      `flow fell below its band at constant speed; pressure followed. Check the inlet for a blockage.`,
  },
  {
    kind: 'noise-change',
    verdict: 'machine',
    lead: 3,
    follow: 4,
    sign: 1,
    text: () => `vibration is three times as strong as usual at this speed. Check alignment and mounting.`,
  },
  {
    kind: 'frozen',
    verdict: 'sensor',
    lead: 1,
    follow: 0,
    sign: -1,
    text: () => `pressure repeats one reading while flow moves as usual. Check the pressure sensor.`,
  },
]

/** Uniform in [0, 1) of numbers, without state. */
function hash(...numbers) {
  let h = 0x811c9dc5
  for (const number of numbers) {
    h = Math.imul(h ^ (number | 0), 0x01000193)
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return ((h ^ (h >>> 13)) >>> 0) / 2 ** 32
}
const noise = (...numbers) => hash(...numbers, 1) + hash(...numbers, 2) + hash(...numbers, 3) - 1.5

export function createPlant({ devices = 5, days = 7, seed = 1 } = {}) {
  const fromMs = NOW_MS - days * DAY_MS
  const plant = Array.from({ length: devices }, (_, d) => {
    const name = `${KINDS[d % KINDS.length]}-${1 + Math.floor(d / KINDS.length)}`
    return { d, name, id: `plant:${name}`, events: eventsOf(d, name) }
  })
  function eventsOf(d, name) {
    const count = d === 0 ? 6 : Math.floor(1 + 9 * hash(seed, d, 7) ** 2)
    const starts = Array.from(
      { length: count },
      (_, k) => fromMs + hash(seed, d, k, 11) * (NOW_MS - fromMs - 3 * 3_600_000),
    )
    const isOpen = d === 0 || (d % 23 === 3 && d > 0)
    if (isOpen) starts[count - 1] = NOW_MS - 14 * 60_000
    return starts
      .sort((a, b) => a - b)
      .map((start, k) => {
        const open = isOpen && k === count - 1
        const cause = CAUSES[open ? 0 : Math.floor(hash(seed, d, k, 13) * CAUSES.length)]
        const length = open ? 14 * 60_000 : (6 + 90 * hash(seed, d, k, 17) ** 3) * 60_000
        const severity = open ? 84 : 12 + 80 * hash(seed, d, k, 19) ** 1.6
        const startMs = Math.round(start / 1000) * 1000
        const said = open
          ? null
          : [null, null, null, 'confirmed', 'false-alarm', 'expected'][Math.floor(hash(seed, d, k, 23) * 6)]
        return {
          id: `plant:${name}:e${startMs}`,
          device: `plant:${name}`,
          model: MODEL,
          state: open ? 'open' : 'closed',
          startMs,
          endMs: Math.round(startMs + length),
          onsetMs: startMs - 90_000,
          peakMs: Math.round(startMs + length * 0.6),
          score: 1 + severity / 22,
          pValue: 10 ** (-2 - severity / 40),
          severity,
          channels: [cause.lead, cause.follow, (cause.lead + 2) % 6].map((c, i) => ({
            name: CHANNELS[c].name,
            share: [0.61, 0.24, 0.08][i],
          })),
          sentence: cause.text((71 + severity / 10).toFixed(1)),
          kind: cause.kind,
          feedback: said && { verdict: said, note: '', radius: 0.25, by: 'anna', atMs: startMs + 3_600_000 },
          matches: null,
          cause,
        }
      })
  }
  const deviceOf = id => plant.find(device => device.id === id)
  const eventOf = id => plant.flatMap(({ events }) => events).find(event => event.id === id)
  const hasData = (d, t) =>
    !(d % 17 === 5 && t > NOW_MS - 5 * 3_600_000) && hash(seed, d, Math.floor(t / 3_600_000), 29) > 0.004

  /** A channel of a device at a time: reading, what was expected, half of the band. */
  function cell({ d, events }, c, t) {
    const { base, swing, noise: size, periodMs } = CHANNELS[c]
    const level = base * (1 + 0.1 * (hash(seed, d, c) - 0.5))
    const expected = level + swing * Math.sin((2 * Math.PI * t) / periodMs + 6 * hash(seed, d, c < 3 ? 0 : c))
    let reading = expected + size * noise(seed, d, c, t / 1000)
    for (const { startMs, onsetMs, endMs, state, cause, severity } of events) {
      const lag = c === cause.lead ? 0 : c === cause.follow ? 0.25 : undefined
      if (lag === undefined || t < onsetMs || (state === 'closed' && t > endMs)) continue
      const share = Math.min(1, Math.max(0, (t - onsetMs) / (0.6 * (endMs - startMs)) - lag))
      reading += cause.sign * size * (5 + severity / 6) * share * (lag === 0 ? 1 : 0.7)
    }
    return { reading, expected, half: 4 * 0.5 * size }
  }
  function sampleAt(device, t) {
    const cells = CHANNELS.map((_, c) => cell(device, c, t))
    const far = Math.max(...cells.map(({ reading, expected, half }) => Math.abs(reading - expected) / half))
    return {
      cells,
      score:
        0.25 +
        0.6 * Math.min(far, 1) * 0.5 +
        Math.max(0, far - 0.7) * 0.6 +
        0.1 * hash(seed, device.d, t / 1000, 5),
    }
  }
  return { plant, seed, fromMs, channels: CHANNELS, deviceOf, eventOf, hasData, sampleAt, model: MODEL }
}
