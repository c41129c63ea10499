// node bench/quality/plants.mjs [--seeds 20] [--difficulty medium] [--alignment two-sided]   (after `npm run build`)
// The quick start of the README, once for each seed: a plant as `telltale generate` makes it, trained and evaluated as a user does. VUS-PR beside the
// baseline that `evaluate` prints, and how well events are placed in time and named.
import { sampleCount } from '../../dist/core/frame.js'
import { scoreSeries } from '../../dist/detect/index.js'
import { evaluate } from '../../dist/evaluate/index.js'
import { detect, trainModel } from '../../dist/pipeline/index.js'
import { generatePlant } from '../../dist/simulate/index.js'
import { quantile } from '../../dist/stats/index.js'
import { readArguments } from '../../scripts/arguments.mjs'
import { meanOf, table } from './table.mjs'

const { values: given } = readArguments(import.meta, {
  seeds: { type: 'string', default: '20' },
  difficulty: { type: 'string', default: 'medium' },
  alignment: { type: 'string', default: 'two-sided' },
})
const { difficulty, alignment } = given

const overlaps = (a, b) => a.start < b.end && b.start < a.end

/** How many of the faults an event holds. */
const holds = (event, faults) => faults.filter(fault => overlaps(event, fault)).length

function vusPr(scores, labels) {
  return evaluate({ scores, labels, metrics: ['vus-pr'] }).metrics['vus-pr']
}

/** Events that hold one fault, beside it: error of the start, ratio of the lengths, whether the first channel is one at fault. */
function placement(events, faults) {
  return events.flatMap(event => {
    const own = faults.filter(fault => overlaps(event, fault))
    if (own.length !== 1) return []
    const [fault] = own
    const length = fault.end - fault.start
    return [
      {
        error: event.start - fault.start,
        isNear: Math.abs(event.start - fault.start) <= Math.max(3, 0.1 * length),
        ratio: (event.end - event.start) / length,
        isNamed: fault.channels.includes(event.channels[0].name),
      },
    ]
  })
}

/** Faults during which a channel steps by more than 1.2 times the largest usual step (its 99.99 % quantile): what the simplest rule finds. */
function foundBySteps({ train, test, events }) {
  const found = new Set()
  const { channels } = train
  channels.forEach((_, c) => {
    const at = (frame, i) => frame.values[i * channels.length + c]
    const steps = frame =>
      Float64Array.from({ length: sampleCount(frame) - 1 }, (_, i) =>
        Math.abs(at(frame, i + 1) - at(frame, i)),
      )
    const most = 1.2 * quantile(steps(train), 0.9999)
    const own = steps(test)
    for (const { id, start, end } of events)
      if (own.subarray(Math.max(0, start - 1), end).some(step => step > most)) found.add(id)
  })
  return found.size
}

const runs = []
for (let seed = 1; seed <= Number(given.seeds); seed++) {
  const plant = generatePlant({ seed, difficulty })
  const { train, test, labels, events: faults } = plant
  const model = await trainModel(train)
  const { score, events } = await detect(model, test, { alignment })
  const baseline = await scoreSeries(model.baseline, model.scaler.transform(test))
  runs.push({
    seed,
    auto: vusPr(score, labels),
    pca: vusPr(baseline.score, labels),
    found: faults.filter(fault => events.some(event => overlaps(event, fault))).length,
    faults: faults.length,
    bySteps: foundBySteps(plant),
    own: faults.filter(fault => events.some(event => holds(event, faults) === 1 && overlaps(event, fault)))
      .length,
    several: events.filter(event => holds(event, faults) > 1).length,
    falseAlarms: events.filter(event => !faults.some(fault => overlaps(event, fault))).length,
    placed: placement(events, faults),
  })
  process.stderr.write(`seed ${seed} of ${given.seeds}, ${sampleCount(test)} samples\n`)
}

const placed = runs.flatMap(run => run.placed)
const share = test => meanOf(placed.map(event => (test(event) ? 1 : 0)))
const sum = key => runs.reduce((total, run) => total + run[key], 0)
const errors = placed.map(({ error }) => error).sort((a, b) => a - b)
process.stdout.write(
  table(
    ['figure', 'value'],
    [
      ['VUS-PR of auto', meanOf(runs.map(({ auto }) => auto))],
      ['VUS-PR of principal components, the baseline of `evaluate`', meanOf(runs.map(({ pca }) => pca))],
      [
        'plants on which auto is ahead',
        `${runs.filter(({ auto, pca }) => auto > pca).length} of ${runs.length}`,
      ],
      ['faults with an event', `${sum('found')} of ${sum('faults')}`],
      ['faults with an event that holds no other', `${sum('own')} of ${sum('faults')}`],
      ['events that hold several faults', sum('several')],
      ['faults that a rule on steps finds', `${sum('bySteps')} of ${sum('faults')}`],
      ['events without a fault', sum('falseAlarms')],
      ['events that hold one fault', placed.length],
      ['their median error of the start, samples', errors[errors.length >> 1]],
      ['start within 3 samples or 10 % of the fault', share(({ isNear }) => isNear)],
      ['length within a factor of 1.5', share(({ ratio }) => ratio < 1.5 && ratio > 1 / 1.5)],
      ['the first channel is one at fault', share(({ isNamed }) => isNamed)],
    ],
  ),
)
