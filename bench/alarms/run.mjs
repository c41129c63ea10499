// npm run bench:alarms -- [--plants 20] [--seed 1] [--days 90] [--rules NAME;NAME] [--out FILE]
// Does the realised rate of false alarms lie inside the interval that was printed with the level, whatever the rules of events? Simulated plants without faults: 30 days to
// fit a cheap detector, `days` to calibrate, as much time again and 30 days more to count alarms.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { checkEventOptions, eventCounting } from '../../dist/events/index.js'
import { alarmBudgetThreshold, formatAlarmRate, parseAlarmRate } from '../../dist/threshold/index.js'
import { readArguments } from '../../scripts/arguments.mjs'
import { DETECTORS, plantColumns, SAMPLES_PER_DAY } from './plants.mjs'

const { values: given } = readArguments(import.meta, {
  plants: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  days: { type: 'string', default: '90' },
  rules: { type: 'string' },
  out: { type: 'string' },
})
const plants = Number(given.plants)
const firstSeed = Number(given.seed)
const days = Number(given.days)
const FIT_DAYS = 30
const BUDGETS = ['1/day', '1/week', '1/month']
/** How scores become events: the plain way, and every rule that changes how many there are. */
const ALL_RULES = {
  plain: {},
  '3 of 5': { openCount: 3, openWithin: 5 },
  'hysteresis 0.7': { closeBelow: 0.7 },
  'at least 5 min, or 1.5 times the threshold': { minLength: 5, criticalScore: 1.5 },
  'a day of cool-down': { coolDown: SAMPLES_PER_DAY },
  'all of them': {
    openCount: 3,
    openWithin: 5,
    closeBelow: 0.8,
    criticalScore: 1.5,
    minLength: 4,
    coolDown: 240,
  },
}

const RULES = Object.fromEntries(
  Object.entries(ALL_RULES).filter(([name]) => given.rules?.split(';').includes(name) ?? true),
)

function realisedAlarms(score, budget, rules) {
  const ratePerDay = parseAlarmRate(budget)
  const [from, middle] = [FIT_DAYS * SAMPLES_PER_DAY, (FIT_DAYS + days) * SAMPLES_PER_DAY]
  const future = score.subarray(middle)
  const horizonDays = future.length / SAMPLES_PER_DAY
  const events = eventCounting(checkEventOptions(rules))
  // The plants do not change their operation.
  const setting = { cadenceMs: 86_400_000 / SAMPLES_PER_DAY, horizonDays, events, operationChange: 0 }
  const { level, expectedAlarms } = alarmBudgetThreshold(ratePerDay, setting).fit(
    score.subarray(from, middle),
  )
  const realised = events.count(future, level) / horizonDays
  const { low, high, clusters, warning } = expectedAlarms
  const inside = realised >= low && realised <= high
  return { level, realised, low, high, inside, ratio: realised / ratePerDay, clusters, warning }
}

const runs = []
for (let seed = firstSeed; seed < firstSeed + plants; seed++) {
  const columns = plantColumns(seed, FIT_DAYS + days)
  for (const [detector, scores] of Object.entries(DETECTORS)) {
    const score = scores(columns, FIT_DAYS * SAMPLES_PER_DAY)
    for (const [rules, options] of Object.entries(RULES)) {
      for (const budget of BUDGETS) {
        // A budget of as many alarms as the cool-down leaves at most says nothing.
        if (parseAlarmRate(budget) * (options.coolDown ?? 0) >= SAMPLES_PER_DAY) continue
        runs.push({ seed, detector, rules, budget, ...realisedAlarms(score, budget, options) })
      }
    }
  }
  process.stderr.write(`plant ${seed - firstSeed + 1} of ${plants}\n`)
}

/** `Map.groupBy`, which Node.js 20 does not have. */
function groupBy(list, keyOf) {
  const groups = new Map()
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
const average = (list, key) => list.reduce((sum, run) => sum + run[key], 0) / list.length
const cells = groupBy(runs, ({ detector, rules, budget }) => JSON.stringify([detector, rules, budget]))
const rows = [...cells.values()].map(cell => {
  const [{ detector, rules, budget }] = cell
  return {
    detector,
    rules,
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
})
const head =
  '| detector | rules | budget | inside the interval | realised, mean | interval, mean | realised / expected | clusters | warned |'
const lines = rows.map(
  row =>
    `| ${row.detector} | ${row.rules} | ${row.budget} | ${row.inside} of ${row.runs} | ${formatAlarmRate(row.meanRealised)} | ${formatAlarmRate(row.meanLow)} to ${formatAlarmRate(row.meanHigh)} | ${row.meanRatio.toFixed(2)} | ${row.meanClusters.toFixed(0)} | ${row.warned} |`,
)
console.log([head, head.replace(/[^|]+/g, ' --- '), ...lines].join('\n'))
for (const rules of Object.keys(RULES)) {
  const ofRules = runs.filter(run => run.rules === rules)
  console.log(`${rules}: ${ofRules.filter(run => run.inside).length} of ${ofRules.length} runs inside`)
}
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
