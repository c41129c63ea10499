// npm run bench:alarms -- [--plants 20] [--seed 1] [--days 90] [--out FILE]
// Does the realised rate of false alarms lie inside the interval that was printed with the level? Simulated plants without faults: 30 days to
// fit a cheap detector, `days` to calibrate, as much time again and 30 days more to be judged.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { clusterCount } from '../../dist/stats/index.js'
import { alarmBudgetThreshold, formatAlarmRate, parseAlarmRate } from '../../dist/threshold/index.js'
import { DETECTORS, plantColumns, SAMPLES_PER_DAY } from './plants.mjs'

const { values: given } = parseArgs({
  options: {
    plants: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '90' },
    out: { type: 'string' },
  },
})
const plants = Number(given.plants)
const firstSeed = Number(given.seed)
const days = Number(given.days)
const FIT_DAYS = 30
const BUDGETS = ['1/day', '1/week', '1/month']
const EVENTS = { mergeGap: 5, minLength: 1 }

function judge(score, budget) {
  const ratePerDay = parseAlarmRate(budget)
  const [from, middle] = [FIT_DAYS * SAMPLES_PER_DAY, (FIT_DAYS + days) * SAMPLES_PER_DAY]
  const future = score.subarray(middle)
  const horizonDays = future.length / SAMPLES_PER_DAY
  const setting = { cadenceMs: 86_400_000 / SAMPLES_PER_DAY, horizonDays, ...EVENTS }
  const { level, promise } = alarmBudgetThreshold(ratePerDay, setting).fit(score.subarray(from, middle))
  const realised = clusterCount(future, level, EVENTS) / horizonDays
  const { low, high, clusters, warning } = promise
  const inside = realised >= low && realised <= high
  return { level, realised, low, high, inside, ratio: realised / ratePerDay, clusters, warning }
}

const runs = []
for (let seed = firstSeed; seed < firstSeed + plants; seed++) {
  const columns = plantColumns(seed, FIT_DAYS + days)
  for (const [detector, scores] of Object.entries(DETECTORS)) {
    const score = scores(columns, FIT_DAYS * SAMPLES_PER_DAY)
    for (const budget of BUDGETS) runs.push({ seed, detector, budget, ...judge(score, budget) })
  }
  process.stderr.write(`plant ${seed - firstSeed + 1} of ${plants}\n`)
}

const average = (list, key) => list.reduce((sum, run) => sum + run[key], 0) / list.length
const rows = Object.keys(DETECTORS).flatMap(detector =>
  BUDGETS.map(budget => {
    const cell = runs.filter(run => run.detector === detector && run.budget === budget)
    return {
      detector,
      budget,
      runs: cell.length,
      inside: cell.filter(({ inside }) => inside).length,
      meanRealised: average(cell, 'realised'),
      meanLow: average(cell, 'low'),
      meanHigh: average(cell, 'high'),
      meanRatio: average(cell, 'ratio'),
      meanClusters: average(cell, 'clusters'),
      warned: cell.filter(({ warning }) => warning !== null).length,
    }
  }),
)
const head =
  '| detector | budget | inside the interval | realised, mean | interval, mean | realised / promised | clusters | warned |'
const lines = rows.map(
  row =>
    `| ${row.detector} | ${row.budget} | ${row.inside} of ${row.runs} | ${formatAlarmRate(row.meanRealised)} | ${formatAlarmRate(row.meanLow)} to ${formatAlarmRate(row.meanHigh)} | ${row.meanRatio.toFixed(2)} | ${row.meanClusters.toFixed(0)} | ${row.warned} |`,
)
console.log([head, head.replace(/[^|]+/g, ' --- '), ...lines].join('\n'))
const inside = runs.filter(run => run.inside).length
console.log(
  `\n${inside} of ${runs.length} runs inside (${((100 * inside) / runs.length).toFixed(1)} %), seeds ${firstSeed} to ${firstSeed + plants - 1}`,
)
if (given.out) {
  mkdirSync(dirname(given.out), { recursive: true })
  writeFileSync(
    given.out,
    `${JSON.stringify({ plants, firstSeed, days, fitDays: FIT_DAYS, rows, runs }, null, 1)}\n`,
  )
}
