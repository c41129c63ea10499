// Drift on generated data: false alarms of readings and of errors, power, time and memory of a large check, and the verdicts of 12 scenarios.
// node bench/drift.mjs [--seeds 20] [--part false-alarms|errors|power|peers|size|verdicts]
import { detect, frameFromColumns, trainModel } from '../dist/doors/index.js'
import { createRandom } from '../dist/doors/stats.js'
import {
  checkDrift,
  createDriftCheck,
  driftVerdict,
  fitReference,
  residualFrame,
  rowsBesideEvents,
  scoreFrame,
} from '../dist/drift/index.js'
import { readArguments } from '../scripts/arguments.mjs'

const { values } = readArguments(import.meta, {
  seeds: { type: 'string', default: '20' },
  part: { type: 'string' },
})
const seeds = Number(values.seeds)
const isAsked = part => values.part === undefined || values.part === part

/** `change(value, channel, sample, random)` alters a reading. */
function plant(kind, seed, samples, width, change = value => value, phase = 0) {
  const random = createRandom(seed)
  const state = new Float64Array(width)
  const columns = Array.from({ length: width }, () => new Float64Array(samples))
  for (let i = 0; i < samples; i++)
    for (let c = 0; c < width; c++) {
      const noise = random.normal()
      state[c] = kind === 'autocorrelated' ? 0.9 * state[c] + Math.sqrt(1 - 0.81) * noise : noise
      const season = kind === 'seasonal' ? 1.5 * Math.sin((2 * Math.PI * (i + phase)) / 288 + c) : 0
      columns[c][i] = change(state[c] + season, c, i, random)
    }
  return frameFromColumns({ channels: Object.fromEntries(columns.map((column, c) => [`c${c}`, column])) })
}
/** The verdict that the rows beside the events leave of that of the whole table. */
function besideEvents({ reference, residuals, info }, score, found, whole) {
  const beside = rowsBesideEvents({ readings: reference, score, residuals }, info.window)
  const closed = found.events.map(event => ({ type: 'closed', event }))
  beside.push(found, closed, found.score.length)
  return beside.verdict(whole, 0.01)
}
const percent = share => `${(100 * share).toFixed(1)} %`

if (isAsked('false-alarms')) {
  const rows = []
  for (const kind of ['stationary', 'seasonal', 'autocorrelated'])
    for (const width of [4, 40])
      for (const batch of [100, 300, 3000]) {
        let [alarms, unknown, total] = [0, 0, 0]
        for (let s = 0; s < seeds; s++) {
          const reference = await fitReference(plant(kind, 10_000 + s, 20_000, width))
          for (let b = 0; b < 5; b++) {
            const report = checkDrift(
              reference,
              plant(kind, 20_000 + 10 * s + b, batch, width, undefined, 97 * (s + b)),
            )
            total++
            if (report.drifted) alarms++
            if (report.channels.every(({ level }) => level === 'unknown')) unknown++
          }
        }
        rows.push({
          data: kind,
          channels: width,
          rows: batch,
          'false alarms': percent(alarms / total),
          'not tested': percent(unknown / total),
          batches: total,
        })
      }
  console.table(rows)
}

if (isAsked('errors')) {
  const rows = []
  for (const kind of ['stationary', 'seasonal', 'autocorrelated'])
    for (const batch of [300, 3000]) {
      let [alarms, unknown, total] = [0, 0, 0]
      for (let s = 0; s < seeds; s++) {
        const model = await trainModel(plant(kind, 90_000 + s, 10_000, 4), { detector: 'pca-q', window: 20 })
        const { level } = model.calibrations['two-sided'].threshold
        for (let b = 0; b < 5; b++) {
          const frame = plant(kind, 95_000 + 10 * s + b, batch, 4, undefined, 97 * (s + b))
          const { residual } = await detect(model, frame)
          const raw = residual.map(value => value * level)
          const { channels } = checkDrift(model.residuals, residualFrame(frame.channels, raw))
          total++
          if (channels.some(one => one.level === 'moderate' || one.level === 'large')) alarms++
          if (channels.every(one => one.level === 'unknown')) unknown++
        }
      }
      rows.push({
        data: kind,
        rows: batch,
        'false alarms of errors': percent(alarms / total),
        'not tested': percent(unknown / total),
        batches: total,
      })
    }
  console.table(rows)
}

if (isAsked('power')) {
  const rows = []
  for (const kind of ['stationary', 'autocorrelated'])
    for (const shift of [0.25, 0.5, 1, 2]) {
      let [found, named, total] = [0, 0, 0]
      for (let s = 0; s < seeds; s++) {
        const reference = await fitReference(plant(kind, 30_000 + s, 20_000, 10))
        const batch = plant(kind, 40_000 + s, 1000, 10, (value, c) => (c === 3 ? value + shift : value))
        const { drifted, channels } = checkDrift(reference, batch)
        const changed = channels.filter(({ level }) => level === 'moderate' || level === 'large')
        total++
        if (drifted) found++
        if (changed.length === 1 && changed[0].channel === 'c3') named++
      }
      rows.push({
        data: kind,
        'shift (sd)': shift,
        found: percent(found / total),
        'named exactly': percent(named / total),
        batches: total,
      })
    }
  console.table(rows)
}

// The same table as bench/peers/drift_peers.py prints of the peers.
if (isAsked('peers')) {
  const rows = []
  for (const kind of ['stationary', 'seasonal', 'autocorrelated'])
    for (const batch of [100, 300, 3000]) {
      let [alarms, found, ms] = [0, 0, 0]
      for (let s = 0; s < seeds; s++) {
        const reference = await fitReference(plant(kind, 70_000 + s, 20_000, 10))
        const same = plant(kind, 80_000 + s, batch, 10, undefined, 97 * s)
        const started = performance.now()
        if (checkDrift(reference, same).drifted) alarms++
        ms += performance.now() - started
        const shifted = plant(
          kind,
          80_000 + s,
          batch,
          10,
          (value, c) => (c === 3 ? value + 0.5 : value),
          97 * s,
        )
        if (checkDrift(reference, shifted).drifted) found++
      }
      rows.push({
        data: kind,
        rows: batch,
        'false alarms': percent(alarms / seeds),
        'found at 0.5 sd': percent(found / seeds),
        'seconds a check': (ms / seeds / 1000).toFixed(4),
        'peak memory (MB)': Math.round(process.resourceUsage().maxRSS / 1024),
      })
    }
  console.table(rows)
}

if (isAsked('size')) {
  const [width, chunkRows, rows] = [100, 20_000, 3_000_000]
  const reference = await fitReference(plant('autocorrelated', 1, 20_000, width))
  const chunk = plant('autocorrelated', 2, chunkRows, width)
  const table = []
  const check = createDriftCheck(reference)
  const start = process.cpuUsage()
  for (let done = chunkRows; done <= rows; done += chunkRows) {
    check.push(chunk)
    if (done !== 300_000 && done !== rows) continue
    check.report()
    const { user, system } = process.cpuUsage(start)
    table.push({
      rows: done,
      channels: width,
      'processor time (s)': ((user + system) / 1e6).toFixed(1),
      'peak memory (MB)': Math.round(process.resourceUsage().maxRSS / 1024),
    })
  }
  console.table(table)
}

if (isAsked('verdicts')) {
  const width = 6
  const history = (seed, change, phase = 0) => plant('seasonal', seed, 2880, width, change, phase)
  const scenarios = {
    nothing: { wanted: ['ok'] },
    'season (another day)': { wanted: ['ok'], phase: 120 },
    'clock shift': { wanted: ['ok'], phase: 12 },
    'slow wear': { wanted: ['retrain'], change: (v, c, i) => (c < 4 ? v + (3 * i) / 2880 : v) },
    'new product': { wanted: ['retrain'], change: (v, c) => (c < 5 ? v + 2 : v) },
    'load change': { wanted: ['retrain'], change: v => 1.6 * v + 1 },
    'sensor offset': { wanted: ['check sensor'], change: (v, c) => (c === 2 ? v + 2 : v) },
    'gain change': { wanted: ['check sensor'], change: (v, c) => (c === 2 ? 2.5 * v : v) },
    'stuck sensor': { wanted: ['check sensor'], change: (v, c) => (c === 2 ? 0.4 : v) },
    'unit change': { wanted: ['check sensor'], change: (v, c) => (c === 2 ? 1.8 * v + 32 : v) },
    'missing channel': { wanted: ['check sensor'], change: (v, c) => (c === 2 ? Number.NaN : v) },
    'noise up': {
      wanted: ['check sensor'],
      change: (v, c, _, random) => (c === 2 ? v + 3 * random.normal() : v),
    },
  }
  const counts = Object.fromEntries(Object.keys(scenarios).map(name => [name, {}]))
  const errors = Object.fromEntries(Object.keys(scenarios).map(name => [name, 0]))
  for (let s = 0; s < seeds; s++) {
    const model = await trainModel(plant('seasonal', 50_000 + s, 11_520, width), {
      detector: 'pca-q',
      window: 20,
      missing: 'mask',
    })
    for (const [name, { change, phase }] of Object.entries(scenarios)) {
      const frame = history(60_000 + s, change, phase)
      const report = checkDrift(model.reference, frame)
      const { scores, threshold } = model.calibrations['two-sided']
      const found = await detect(model, frame, { validationLevel: 'permissive' }).catch(() => undefined)
      const usual = await fitReference(scoreFrame(scores.map(value => value / threshold.level)))
      const score = found && checkDrift(usual, scoreFrame(found.score)).channels[0]
      const residual = found?.residual.map(value => value * threshold.level)
      const residuals = found && checkDrift(model.residuals, residualFrame(frame.channels, residual))
      if (residuals?.channels.some(({ level }) => level === 'moderate' || level === 'large')) errors[name]++
      const whole = driftVerdict(model.reference, report, score, residuals)
      const { verdict } = found ? besideEvents(model, usual, { ...found, residual }, whole) : whole
      counts[name][verdict] = (counts[name][verdict] ?? 0) + 1
    }
  }
  const verdicts = ['ok', 'recalibrate', 'retrain', 'check sensor']
  let right = 0
  console.table(
    Object.entries(scenarios).map(([scenario, { wanted }]) => {
      right += wanted.reduce((sum, verdict) => sum + (counts[scenario][verdict] ?? 0), 0)
      return {
        scenario,
        wanted: wanted.join(),
        ...Object.fromEntries(verdicts.map(v => [v, counts[scenario][v] ?? 0])),
        'errors drifted': errors[scenario],
      }
    }),
  )
  console.log(`${right} of ${seeds * Object.keys(scenarios).length} as wanted`)
}
