// What the committee of networks owes to each of its parts: the same detector with one part changed, and other networks in its place.
// Names of the form `committee-...`; docs/decisions/0010-network.md has the table.
import { sampleCount, sliceFrame } from '../../dist/core/frame.js'
import {
  autoencoder,
  COMMITTEE,
  cheapMembers,
  committee,
  LEAST_ERROR,
  loadCommittee,
  localRuntime,
  scoreSeries,
  smoothed,
} from '../../dist/detect/index.js'
import { preferredBuild } from '../../dist/kernels/index.js'
import { findArchitecture } from '../../dist/nn/index.js'

const runtime = localRuntime(preferredBuild())
const dense = (units, activation) => ({ type: 'dense', units, ...(activation && { activation }) })
const member = detector => ({ name: 'network', reason: 'to compare', detector, power: 1 })
const single = detector => options => smoothed([member(detector)], options)
/** The committee with other options. */
const committeeOf = changes => single(committee({ ...COMMITTEE, ...changes }, runtime))

/** The committee, fitted once for all its variants of a series, which differ in how it is asked; each series has a seed of its own. */
let last
const shared = {
  fit(train, context) {
    if (last?.seed !== context.seed)
      last = { seed: context.seed, fitted: committee(COMMITTEE, runtime).fit(train, context) }
    return last.fitted
  },
}
/** A detector made from what the fitted committee saves. */
const changed = change => ({
  async fit(train, context) {
    const fitted = await shared.fit(train, context)
    return loadCommittee(await change(fitted.state(), fitted, train))
  },
})

/** The first of its networks speaks for it. */
const firstAlone = ({ options, ...state }) => ({
  ...state,
  options: { ...options, members: Math.min(1, options.members) },
})

/** Each channel divided by its mean error on samples that the networks have learnt from. */
async function inSample(state, fitted, train) {
  const { residual } = await scoreSeries(fitted, train)
  const { shape, data } = state.arrays.usualError
  const sums = new Float64Array(data.length)
  let rows = 0
  for (let i = 0; i < residual.length; i += data.length) {
    if (Number.isNaN(residual[i])) continue
    rows++
    for (let c = 0; c < data.length; c++) sums[c] += residual[i + c]
  }
  const usual = data.map((error, c) => ((error + LEAST_ERROR) * sums[c]) / rows)
  return { ...state, arrays: { ...state.arrays, usualError: { shape, data: usual } } }
}

/** Every channel moves, the still ones by next to nothing: the networks get them all. */
const stirred = {
  fit(train, context) {
    const values = Float32Array.from(train.values)
    const channels = train.channels.length
    for (let c = 0; c < channels; c++) values[values.length - channels + c] += 1e-5
    return committee(COMMITTEE, runtime).fit({ ...train, values }, context)
  },
}

/** One network of the library as `--detector autoencoder` trains it: the last fifth tells it when to stop. */
const alone = options => ({
  fit(train, context) {
    const cut = sampleCount(train) - sampleCount(context.validation)
    return autoencoder(options, runtime).fit(sliceFrame(train, 0, cut), context)
  },
})

/** The original's network and training: 3,000 windows of 30 samples at most, 20 epochs. */
const original = {
  fit(train, context) {
    const window = Math.max(2, Math.min(30, Math.floor(sampleCount(train) / 20)))
    const stride = Math.max(1, Math.floor((0.8 * sampleCount(train)) / 3000))
    const training = { epochs: 20, batchSize: 32, patience: 5, minDelta: 0 }
    return alone({ window, stride, ...training }).fit(train, context)
  },
}

const withoutShortcut = {
  name: 'forecaster',
  units: 64,
  horizon: 1,
  encoder: [{ type: 'flatten' }, dense('units', 'relu'), dense('units', 'relu')],
}
const linear = { name: 'linear', horizon: 1, encoder: [{ type: 'flatten' }, dense('channels')] }

/** By name: `options => detector`, as `auto` takes options. */
export const NETWORKS = {
  committee: single(shared),
  'committee-unsmoothed': options => smoothed([member(shared)], { ...options, period: 0 }),
  'committee-first': single(changed(firstAlone)),
  'committee-in-sample': single(changed(inSample)),
  'committee-all-channels': single(stirred),
  'committee-no-decay': committeeOf({ optimizer: { type: 'adam' } }),
  'committee-linear': committeeOf({ architecture: linear }),
  'committee-no-shortcut': committeeOf({ architecture: withoutShortcut, window: 5 }),
  'committee-dense-ae': committeeOf({ architecture: findArchitecture('dense-ae') }),
  'committee-gru': committeeOf({ architecture: findArchitecture('gru-forecaster'), window: 5 }),
  'lstm-autoencoder': single(original),
  'auto+committee': options => smoothed([...cheapMembers(), member(shared)], options),
}
