import { z } from 'zod'
import { ALIGNMENTS } from '../core/contracts.js'
import { DAY_MS } from '../core/milliseconds.js'
import type { State } from '../core/state.js'
import { isTimeZone, TIME_ZONE_WANTED } from '../core/zone-offset.js'
import { CYCLE_DAYS, DAY_PARTS } from '../detect/index.js'
import { NETWORK_RULES } from './network-rules.js'
import { count, name, size, slug, text } from './ranges.js'
import { stageSchema } from './schema.js'
import { misfit, type StateRule, type StateRules } from './state-rule.js'

const none = z.strictObject({})
const window = size().max(1_000_000)
const usualError = ['C'] as const
const only = (rule: StateRule): StateRules => ({ 1: rule })
const isPositive = (value: number) => value > 0 && Number.isFinite(value)
const isBelow = (limit: number) => (value: number) => Number.isInteger(value) && value >= 0 && value < limit

/** Every scaler that can be saved. */
export const SCALER_RULES: Readonly<Record<string, StateRules>> = Object.fromEntries(
  ['standard', 'robust', 'minmax'].map(scaler => [
    `scaler:${scaler}`,
    only({
      options: none,
      arrays: { offset: ['C'], spread: ['C'] },
      check: ({ arrays }) => misfit(arrays, 'spread', isPositive, 'above 0'),
    }),
  ]),
)

/** Every way to find regimes that can be saved. */
export const REGIME_RULES: Readonly<Record<string, StateRules>> = {
  'regimes:levels': only({
    options: z.strictObject({
      smoothing: z.number().min(0).max(1e6),
      dwell: count().max(1e6),
      channels: z.array(name()).min(1),
    }),
    arrays: { offset: ['C'], spread: ['C'], centres: ['K', 'C'] },
    check: ({ arrays }) => misfit(arrays, 'spread', isPositive, 'above 0'),
  }),
  'regimes:values': only({
    options: z.strictObject({ channel: name(), index: count(), dwell: count().max(1e6) }),
    arrays: { values: ['K'] },
    check: ({ options }, channels) =>
      isBelow(channels)((options as { index: number }).index)
        ? undefined
        : 'index: the model has no such channel',
  }),
}

const usual = z.strictObject({
  median: z.number().min(-1e6).max(1e6),
  spread: z.number().min(0).max(1e6),
})
const member = { name: slug(), reason: text(), power: z.number().positive().max(100) }
const bandwidth = z.number().min(0).max(1e6)
const MOST_MEMBERS = 1000

/** Of telltale 0.1: calibrated for one alignment, each member with its state. */
const ensemble01 = z.strictObject({
  channels: size(),
  members: z
    .array(z.strictObject({ ...member, usual, state: stageSchema }))
    .min(1)
    .max(MOST_MEMBERS),
  smoothing: z.strictObject({ bandwidth, mode: z.enum(['centred', 'causal']) }),
})
const MOST_SCALES = 32
const limitLevels = z.partialRecord(z.enum(ALIGNMENTS), z.number().nonnegative())
const ensemble = z.strictObject({
  channels: size(),
  scales: z.array(bandwidth).min(1).max(MOST_SCALES),
  exponents: z.partialRecord(z.enum(ALIGNMENTS), z.number().positive().max(1e6)),
  steps: z.partialRecord(z.enum(ALIGNMENTS), z.number().nonnegative().max(1e6)).optional(),
  switches: limitLevels.optional(),
  frozen: limitLevels.optional(),
  baseline: z
    .strictObject({
      samples: window,
      of: window,
      usual: z.partialRecord(z.enum(ALIGNMENTS), z.number().min(-1e6).max(1e6)),
    })
    .refine(({ samples, of }) => samples <= of, 'samples: at most of is required')
    .optional(),
  memoryless: z.array(count()).min(1).max(MOST_MEMBERS).optional(),
  placing: z.array(count()).min(1).max(MOST_MEMBERS).optional(),
  hidden: z.array(count()).min(1).optional(),
  cycle: z
    .strictObject({
      days: z.literal(CYCLE_DAYS),
      zone: z.string().max(100).refine(isTimeZone, TIME_ZONE_WANTED),
      shiftMs: z.number().min(-DAY_MS).max(DAY_MS),
      rest: z.number().positive(),
      explained: z.number().max(1),
    })
    .optional(),
  members: z
    .array(
      z.strictObject({
        ...member,
        measurements: z.literal(true).optional(),
        usual: z
          .partialRecord(z.enum(ALIGNMENTS), z.array(usual).min(1).max(MOST_SCALES))
          .refine(known => Object.keys(known).length > 0, 'at least one alignment is required'),
      }),
    )
    .min(1)
    .max(MOST_MEMBERS),
  parts: z.record(z.string().regex(/^(member\d{1,3}|relations)$/), stageSchema),
})
const isOfModel = ({ options }: State, channels: number) =>
  (options as { channels: number }).channels === channels
    ? undefined
    : `options.channels: the model has ${channels}`

/** What is wrong with the limits of a rule, one for each channel and alignment. */
function wrongLimits(
  rule: string,
  alignments: readonly string[],
  { arrays }: State,
  channels: number,
): string | undefined {
  for (const alignment of alignments) {
    const limits = arrays[`${rule}-${alignment}`]
    if (limits?.data.length !== channels)
      return `${rule}-${alignment}: the limits of ${channels} channels are expected`
    if (limits.data.some(limit => !(Number.isNaN(limit) || limit > 0)))
      return `${rule}-${alignment}: limits are above 0, or NaN`
  }
  return undefined
}

/** Every detector that can be saved, by kind and version. */
export const DETECTOR_RULES: Readonly<Record<string, StateRules>> = {
  ...NETWORK_RULES,
  'detector:ensemble': {
    1: { options: ensemble01, others: true, check: isOfModel },
    2: {
      options: ensemble,
      others: true,
      check(state, channels) {
        const {
          members,
          parts,
          scales,
          exponents,
          switches = {},
          frozen = {},
          baseline,
          memoryless = [],
          placing = [],
          hidden = [],
          cycle,
        } = state.options as unknown as z.output<typeof ensemble>
        for (const { name, usual } of members) {
          const alone = ALIGNMENTS.find(one => one in usual !== one in exponents)
          if (alone) return `options.exponents.${alone}: wanted for the alignments of ${name}, and no others`
          if (Object.values(usual).some(own => own?.length !== scales.length))
            return `options.members: ${name} is required at each of ${scales.length} scales`
        }
        for (const [name, chosen] of Object.entries({ memoryless, placing }))
          if (chosen.some(m => m >= members.length))
            return `options.${name}: the numbers of ${members.length} members are expected`
        if (hidden.some(c => c >= channels))
          return `options.hidden: the numbers of ${channels} channels are expected`
        if (cycle && (channels !== 1 || !DAY_PARTS.includes(state.arrays.cycle?.data.length / cycle.days)))
          return `options.cycle: parts of ${cycle.days} days of one channel are required in cycle, ${DAY_PARTS.join(', ')} of each`
        if (members.some(({ measurements }) => measurements) !== hidden.length > 0)
          return 'options.hidden: wanted for members with measurements, and for no others'
        for (const [name, levels] of Object.entries({ switches, frozen })) {
          const wrong = wrongLimits(name, Object.keys(levels), state, channels)
          if (wrong !== undefined) return wrong
        }
        const without = baseline && ALIGNMENTS.find(one => one in exponents !== one in baseline.usual)
        if (without) return `options.baseline.usual: wanted for ${without} like exponents`
        if (Object.keys(frozen).length > 0 && Math.max(...scales) < 1)
          return 'options.frozen: smoothing at a scale of 1 or more is required'
        const wanted = members.map((_, m) => `member${m}`)
        if ('relations' in parts) wanted.push('relations')
        if (Object.keys(parts).sort().join() !== wanted.sort().join())
          return `options.parts: one for each of ${members.length} members is required`
        return isOfModel(state, channels)
      },
    },
  },
  'detector:cross-regression': only({
    options: none,
    arrays: { weights: ['C', 'C'], centre: ['C'], usualError },
  }),
  'detector:cusum': only({
    options: z.strictObject({ slack: z.number().min(0).max(1e6), largest: z.number().positive().max(1e9) }),
    arrays: { usualError },
  }),
  'detector:deviation': only({
    options: none,
    arrays: { centres: ['C'], spreads: ['C'], usualError },
    check: ({ arrays }) => misfit(arrays, 'spreads', isPositive, 'above 0'),
  }),
  'detector:ewma': only({
    options: z.strictObject({ weight: z.number().gt(0).max(1) }),
    arrays: { usualError },
  }),
  'detector:half-space-trees': only({
    options: z.strictObject({ trees: size().max(1e6), depth: size().max(24), window }),
    arrays: { cuts: ['trees', 'I'], levels: ['trees', 'I'], reference: ['trees', 'N'], usualError },
    check: ({ options, arrays }, channels) => {
      const inner = 2 ** (options as { depth: number }).depth - 1
      if (arrays.cuts.shape[1] !== inner) return `cuts: ${inner} a tree are expected`
      if (arrays.reference.shape[1] !== 2 * inner + 1)
        return `reference: ${2 * inner + 1} a tree are expected`
      return misfit(arrays, 'cuts', isBelow(channels), 'a channel')
    },
  }),
  'detector:isolation-forest': only({
    options: z.strictObject({ depth: z.number().min(0).max(1000) }),
    arrays: { forest: ['N', 5], roots: ['T'], usualError },
    check: forestMisfit,
  }),
  'detector:linear-var': only({
    options: none,
    arrays: { coefficients: ['R', 'C'], usualError },
    check: ({ arrays }, channels) => {
      const lags = (arrays.coefficients.shape[0] - 1) / channels
      return Number.isInteger(lags) && lags >= 1
        ? undefined
        : 'coefficients: a row per lagged reading and one more are expected'
    },
  }),
  'detector:matrix-profile': only({
    options: z.strictObject({ window }),
    arrays: { bank: ['C', 'B', 'window'], usualError },
  }),
  'detector:moving-average': only({ options: z.strictObject({ window }), arrays: { usualError } }),
  'detector:nearest': only({ options: none, arrays: { bank: ['B', 'T', 'C'], usualError } }),
  'detector:pca': only({
    options: z.strictObject({ statistic: z.enum(['q', 't2']) }),
    arrays: { components: ['K', 'R'], centre: ['R'], usualError },
    check: ({ arrays }, channels) =>
      arrays.centre.data.length > 0 && arrays.centre.data.length % channels === 0
        ? undefined
        : 'centre: whole samples are expected',
  }),
  'detector:range': only({ options: none, arrays: { low: ['C'], high: ['C'], usualError } }),
  'detector:seasonal': only({
    options: z.strictObject({ period: z.number().positive().max(8.64e15), bins: size() }),
    arrays: { centres: ['bins', 'C'], widths: ['bins', 'C'], usualError },
    check: ({ arrays }) => misfit(arrays, 'widths', value => !(value <= 0), 'above 0'),
  }),
}

/** A tree must lead from its root to a leaf: each node to nodes that come later, within the forest. */
function forestMisfit({ arrays: { forest, roots } }: State, channels: number): string | undefined {
  const nodes = forest.shape[0]
  const starts = [...roots.data, nodes]
  if (
    starts.some(
      (root, t) =>
        !Number.isInteger(root) || root < 0 || root > nodes || !(root < (starts[t + 1] ?? nodes + 1)),
    )
  )
    return 'roots: ascending nodes are expected'
  for (let t = 0; t < roots.data.length; t++) {
    for (let node = starts[t]; node < starts[t + 1]; node++) {
      const [channel, , left, right] = forest.data.subarray(5 * node, 5 * node + 4)
      if (channel === -1) continue
      const own = node - starts[t]
      const isChild = (child: number) =>
        Number.isInteger(child) && child > own && starts[t] + child < starts[t + 1]
      if (!isBelow(channels)(channel) || !isChild(left) || !isChild(right))
        return `forest[${node}] is no node of a tree`
    }
  }
  return undefined
}
