// How often each method of explanation names a faulty channel first, for several detectors:
// `npm run bench:explain-methods [-- --seeds 21..22 --detectors auto,pca-q --rows 3000]`. Faults of 9 kinds or more with 1 and 2 faulty of 12 channels at three
// severities. Ground truth scores the rankings, and nothing else. A last line `choice` names the method with the best mean.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { faultyPlant } from './explain-faults.mjs'
import { bySquaredError, eventsAt } from './explain-hits.mjs'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '21..22' },
    detectors: { type: 'string', default: 'pca-q,lstm-autoencoder,committee,auto' },
    rows: { type: 'string', default: '4000' },
    channels: { type: 'string', default: '12' },
    shapley: { type: 'string', default: '96' },
  },
})
const [from, to = from] = values.seeds.split('..').map(Number)
const [rows, width] = [Number(values.rows), Number(values.channels)]
const DETECTORS = {
  'lstm-autoencoder': { detector: 'autoencoder', window: 20, units: 24, latent: 8, epochs: 15 },
}
const METHODS = ['decomposition', 'standardised', 'movement', 'repair', 'integrated-gradients', 'shapley']
/** A rule that finds most faults, so that there is something to explain. */
const SESSION = { alignment: 'two-sided', quantile: 0.995 }

async function explainAll(model, scored, chosen, name) {
  const session = SESSION
  const orders = { 'raw squared error': chosen.map(event => bySquaredError(model, scored, event)) }
  for (const method of METHODS) {
    if (method === 'integrated-gradients' && name !== 'lstm-autoencoder') continue
    const budget = method === 'shapley' ? Number(values.shapley) : undefined
    const found = await explainEvents(model, scored, chosen, chosen, { session, method, budget })
    orders[method] = found.map(({ channels }) =>
      channels.map(channel => scored.frame.channels.indexOf(channel.name)),
    )
  }
  return orders
}

const sums = {}
for (const name of values.detectors.split(',')) {
  const totals = {}
  let events = 0
  for (let seed = from; seed <= to; seed++) {
    const { history, faults, test: faulty } = faultyPlant({ rows, channels: width, seed })
    const model = await trainModel(history, { seed, ...(DETECTORS[name] ?? { detector: name }) })
    const scored = await detect(model, faulty, { ...SESSION, expected: true, validationLevel: 'permissive' })
    // Only faults that the detector found: an explanation of what nobody saw is none.
    const found = faults.filter(({ start, end }) => scored.flag.subarray(start, end).includes(1))
    events += found.length
    const orders = await explainAll(model, scored, eventsAt(scored, found), name)
    for (const [method, all] of Object.entries(orders)) {
      const row = (totals[method] ??= { first: 0, three: 0 })
      all.forEach((order, k) => {
        const wanted = found[k].channels.map(channel => faulty.channels.indexOf(channel))
        row.first += wanted.includes(order[0]) ? 1 : 0
        row.three += wanted.filter(c => order.slice(0, 3).includes(c)).length / wanted.length
      })
    }
    console.log(`${name}, seeds ${from}..${seed}: ${events} faults found of ${faults.length} per seed`)
  }
  for (const [method, { first, three }] of Object.entries(totals)) {
    const row = (sums[method] ??= {})
    row[name] = `${(first / events).toFixed(3)} / ${(three / events).toFixed(3)}`
  }
  console.table(sums)
}
const mean = method => {
  const firsts = Object.values(sums[method]).map(text => Number(text.split(' / ')[0]))
  return firsts.reduce((a, b) => a + b, 0) / firsts.length
}
const everywhere = Object.keys(sums).filter(
  method => Object.keys(sums[method]).length === values.detectors.split(',').length,
)
const [choice] = everywhere.sort((a, b) => mean(b) - mean(a))
console.log(`choice: ${choice}, the highest mean of HitRate@1 over detectors, ${mean(choice).toFixed(3)}`)
console.log(`HitRate@1 / @3, load average ${loadavg()[0].toFixed(1)}`)
