// Do alarms come as often as expected on real machines? Levels from held-back training scores, counted on the normal part of what comes after.
import { decluster } from '../../dist/stats/index.js'
import { alarmBudgetThreshold, parseAlarmRate } from '../../dist/threshold/index.js'
import { meanOf, table } from './table.mjs'

const DAY_MS = 86_400_000
/** As `telltale detect` makes events. */
const EVENTS = { mergeGap: 5, minLength: 1 }
/** Rows this many windows of the series away from a labelled event are not counted as normal: scores rise before it and fade after it. */
const MARGIN_WINDOWS = 2
const LEAST_NORMAL_ROWS = 50

/** A budget of time needs a clock. A thousand samples are called a day where samples are counted instead, so that every series takes part. */
const SAMPLE_MS = DAY_MS / 1000
export const BUDGETS = [
  { name: '1/day', perDay: 1, cadenceMs: stepMs => stepMs },
  { name: '1/week', perDay: parseAlarmRate('1/week'), cadenceMs: stepMs => stepMs },
  { name: '1 in 300 samples', perDay: 1000 / 300, cadenceMs: () => SAMPLE_MS },
  { name: '1 in 1000 samples', perDay: 1, cadenceMs: () => SAMPLE_MS },
]

/** What each budget leads to expect and what then happens: one figure per budget, with the reason where there is no estimate. */
export function falseAlarmFigures({ trainRows, vusWindow, labels, stepMs }, scores, calibration) {
  const test = scores.subarray(trainRows)
  const abnormal = nearEvents(labels.subarray(trainRows), MARGIN_WINDOWS * vusWindow)
  const normalRows = test.reduce((sum, score, i) => sum + (abnormal[i] || Number.isNaN(score) ? 0 : 1), 0)
  const budgets = BUDGETS.map(({ name, perDay, cadenceMs }) => {
    const cadence = cadenceMs(stepMs)
    if (!(cadence > 0)) return { name, reason: 'no clock' }
    if (normalRows < LEAST_NORMAL_ROWS) return { name, reason: 'no normal rows' }
    const horizonDays = (normalRows * cadence) / DAY_MS
    const fitted = levelOf(calibration, perDay, { cadenceMs: cadence, horizonDays, ...EVENTS })
    if (fitted === undefined) return { name, reason: 'too few scores' }
    const { level, expectedAlarms } = fitted
    const alarms = decluster(test, level, EVENTS).filter(
      ({ start, end }) => !abnormal.subarray(start, end).includes(1),
    ).length
    const rate = alarms / horizonDays
    return {
      name,
      ...(expectedAlarms.warning !== null && { reason: 'too little history' }),
      warning: expectedAlarms.warning,
      expected: perDay * horizonDays,
      alarms,
      flaggedShare: flaggedRows(test, level, abnormal) / normalRows,
      low: expectedAlarms.low * horizonDays,
      high: expectedAlarms.high * horizonDays,
      inside: rate >= expectedAlarms.low && rate <= expectedAlarms.high,
    }
  })
  return { events: labels.subarray(trainRows).some(label => label !== 0), normalRows, budgets }
}

function flaggedRows(scores, level, abnormal) {
  return scores.reduce((sum, score, i) => sum + (score > level && !abnormal[i] ? 1 : 0), 0)
}

function levelOf(calibration, perDay, setting) {
  try {
    return alarmBudgetThreshold(perDay, setting).fit(calibration)
  } catch (error) {
    if (error.code === 'data-calibration-short') return undefined
    throw error
  }
}

/** 1 where a labelled row is at most `margin` rows away. */
function nearEvents(labels, margin) {
  const near = new Uint8Array(labels.length)
  labels.forEach((label, i) => {
    if (label) near.fill(1, Math.max(0, i - margin), i + margin + 1)
  })
  return near
}

export function falseAlarmSummary(rows, detectors) {
  const ofDetector = name => rows.filter(({ detector }) => detector === name)
  const sets = [...new Set(rows.map(({ dataset }) => dataset))].sort()
  const [first] = detectors
  return [
    '## False alarms, realised over expected\n',
    `Fitted on the training rows, level from held-back scores of these, counted on the later rows more than ${MARGIN_WINDOWS} windows away from a labelled event; causal. ` +
      'An estimate is inside when the number of alarms lies in the interval (95 %) that was printed with the level; in alarm is the share of the normal time ' +
      'above the level, mean over series. Series for which the budget comes with a warning, or ' +
      'for which there is no level, are counted as without estimate and are in no other column.\n',
    budgetTable(detectors.map(name => ({ label: name, own: ofDetector(name) }))),
    `## ${first}, set by set\n`,
    budgetTable(sets.map(set => ({ label: set, own: ofDetector(first).filter(row => row.dataset === set) }))),
  ].join('\n')
}

function budgetTable(groups) {
  const header = [
    '',
    'budget',
    'estimated on',
    'no estimate',
    'alarms expected',
    'alarms realised',
    'realised / expected',
    'median ratio',
    'none at all',
    'in alarm',
    'inside',
  ]
  const lines = groups.flatMap(({ label, own }) =>
    BUDGETS.map(({ name }) => {
      const all = own.map(({ budgets }) => budgets.find(budget => budget.name === name))
      const kept = all.filter(({ reason }) => reason === undefined)
      const sum = key => kept.reduce((total, budget) => total + budget[key], 0)
      const share = test => percent(meanOf(kept.map(budget => (test(budget) ? 1 : 0))))
      return [
        label,
        name,
        kept.length,
        all.length - kept.length,
        Math.round(10 * sum('expected')) / 10,
        sum('alarms'),
        sum('alarms') / sum('expected'),
        medianOf(kept.map(({ alarms, expected }) => alarms / expected)),
        share(({ alarms }) => alarms === 0),
        percent(meanOf(kept.map(({ flaggedShare }) => flaggedShare))),
        share(({ inside }) => inside),
      ]
    }),
  )
  return table(
    header,
    lines.filter(line => line[2] > 0),
  )
}

const percent = share => `${Number((100 * share).toPrecision(2))} %`

function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
