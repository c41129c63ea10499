// How often each method of explanation names a faulty channel first, for several detectors:
// `npm run bench:explain-methods [-- --seeds 21..22 --detectors auto,pca-q --rows 3000]`. Faults of 10 kinds with 1 and 2 faulty of 12 channels at three severities.
// Ground truth scores the rankings, and nothing else. A fault counts when the detector flags it and does not flag the same samples without the fault: another alarm says
// nothing about it; a row has those too. A last line `choice` names the method with the best mean.
import { loadavg } from 'node:os'
import { explainEvents } from '../dist/explain/index.js'
import { detect, trainModel } from '../dist/pipeline/index.js'
import { readArguments } from '../scripts/arguments.mjs'
import { faultyPlant, SEVERITIES } from './explain-faults.mjs'
import { bySquaredError, eventsAt } from './explain-hits.mjs'

const { values } = readArguments(import.meta, {
  seeds: { type: 'string', default: '21..22' },
  detectors: { type: 'string', default: 'pca-q,lstm-autoencoder,committee,auto' },
  rows: { type: 'string', default: '4000' },
  channels: { type: 'string', default: '12' },
  shapley: { type: 'string', default: '96' },
})
const [from, to = from] = values.seeds.split('..').map(Number)
const [rows, width] = [Number(values.rows), Number(values.channels)]
const NETWORK = { detector: 'autoencoder', window: 20, units: 24, latent: 8, epochs: 15 }
const DETECTORS = {
  'lstm-autoencoder': NETWORK,
  'dense-autoencoder': { ...NETWORK, architecture: 'dense-ae' },
  'conv-autoencoder': { ...NETWORK, architecture: 'conv-ae' },
}
const METHODS = ['decomposition', 'standardised', 'movement', 'repair', 'integrated-gradients', 'shapley']
/** A rule that finds most faults, so that there is something to explain. */
const SESSION = { alignment: 'two-sided', quantile: 0.995 }

async function explainAll(model, scored, chosen, name) {
  const session = SESSION
  const orders = { 'raw squared error': chosen.map(event => bySquaredError(model, scored, event)) }
  for (const method of METHODS) {
    if (method === 'integrated-gradients' && !(name in DETECTORS)) continue
    const budget = method === 'shapley' ? Number(values.shapley) : undefined
    const found = await explainEvents(model, scored, chosen, chosen, { session, method, budget })
    orders[method] = found.map(({ channels }) =>
      channels.map(channel => scored.frame.channels.indexOf(channel.name)),
    )
  }
  return orders
}

/** What a fault counts in. */
function groupsOf({ severity, channels, isOwn }) {
  if (!isOwn) return ['flagged']
  return ['flagged', 'own', severity, channels.length === 1 ? '1 channel' : '2 channels']
}

/** Faults of which the detector flagged a sample, and whether it flags none of these samples without the fault. */
async function findFaults(model, { faults, test, twin }) {
  const settings = { ...SESSION, validationLevel: 'permissive' }
  const scored = await detect(model, test, { ...settings, expected: true })
  const calm = await detect(model, twin, settings)
  const isFlagged = ({ flag }, { start, end }) => flag.subarray(start, end).includes(1)
  const found = faults.filter(fault => isFlagged(scored, fault))
  return { scored, found: found.map(fault => ({ ...fault, isOwn: !isFlagged(calm, fault) })) }
}

const GROUPS = ['own', ...SEVERITIES, '1 channel', '2 channels', 'flagged']
const emptyTotals = () => Object.fromEntries(GROUPS.map(group => [group, { count: 0, first: 0, three: 0 }]))
const share = (part, of) => (part / of).toFixed(3)
const sums = {}
for (const name of values.detectors.split(',')) {
  const totals = {}
  for (let seed = from; seed <= to; seed++) {
    const { history, ...plant } = faultyPlant({ rows, channels: width, seed })
    const model = await trainModel(history, { seed, ...(DETECTORS[name] ?? { detector: name }) })
    const { scored, found } = await findFaults(model, plant)
    const orders = await explainAll(model, scored, eventsAt(scored, found), name)
    for (const [method, all] of Object.entries(orders)) {
      const rows = (totals[method] ??= emptyTotals())
      all.forEach((order, k) => {
        const wanted = found[k].channels.map(channel => plant.test.channels.indexOf(channel))
        for (const group of groupsOf(found[k])) {
          rows[group].count++
          rows[group].first += wanted.includes(order[0]) ? 1 : 0
          rows[group].three += wanted.filter(c => order.slice(0, 3).includes(c)).length / wanted.length
        }
      })
    }
    const { flagged, own } = Object.values(totals)[0]
    const counts = `${own.count} faults found, ${flagged.count} flagged`
    console.log(`${name}, seeds ${from}..${seed}: ${counts}, of ${plant.faults.length} per seed`)
  }
  const groups = {}
  for (const [method, rows] of Object.entries(totals)) {
    const row = (sums[method] ??= {})
    row[name] = `${share(rows.own.first, rows.own.count)} / ${share(rows.own.three, rows.own.count)}`
    groups[method] = Object.fromEntries(
      GROUPS.map(group => [`${group} (${rows[group].count})`, share(rows[group].first, rows[group].count)]),
    )
  }
  console.log(`${name}: HitRate@1 by severity and by number of faulty channels`)
  console.table(groups)
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
