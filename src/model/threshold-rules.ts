import { z } from 'zod'
import type { State } from '../core/state.js'
import { expectedAlarmsSchema, parseAlarmRate, type ThresholdOptions } from '../threshold/index.js'
import { count, score, size } from './ranges.js'
import { misfit, type StateRules } from './state-rule.js'

const level = score()
const counts = { used: count(), ignored: count() }
const factor = z.number().positive().max(1e6)
const chance = z.number().gt(0).lt(1)
const fixed = (options: z.ZodRawShape): StateRules => ({
  1: { options: z.strictObject({ level, ...options }) },
})
const alarmBudget = {
  ratePerDay: z.number().positive().max(1e12),
  cadenceMs: z.number().positive().max(8.64e15),
  mergeGap: count(),
  minLength: size(),
  ...counts,
}
const tail = { risk: chance, tail: chance, mergeGap: count() }

const spotOptions = z.strictObject({
  options: z.strictObject({
    ...tail,
    depth: count().max(1e7),
    memory: size().max(1e8),
    every: size(),
    step: z.number().positive().max(1),
    limit: z.number().min(1).max(1e6),
  }),
  base: z.number().max(3.4e38),
  calibrated: score(),
  seen: count(),
  peaks: count(),
  calm: count(),
  fresh: count(),
  next: count(),
  run: z.number().nullable(),
  relative: z.number().max(3.4e38),
  level,
})

/** Every kind of threshold that can be saved, by kind and version. */
export const THRESHOLD_RULES: Readonly<Record<string, StateRules>> = {
  'threshold:quantile': fixed({ quantile: chance, ...counts }),
  'threshold:sigma': fixed({ factor, ...counts }),
  'threshold:mad': fixed({ factor, ...counts }),
  'threshold:pot': fixed({ ...tail, peaks: count(), shape: z.number(), scale: z.number().min(0), ...counts }),
  'threshold:dynamic': fixed(counts),
  'threshold:sensitivity': fixed({
    sensitivity: z.array(z.string().min(1).max(10_000)).min(1).max(1000),
    ...counts,
  }),
  'threshold:alarm-budget': {
    ...fixed({ ...alarmBudget, promise: expectedAlarmsSchema }),
    2: { options: z.strictObject({ level, ...alarmBudget, expectedAlarms: expectedAlarmsSchema }) },
  },
  'threshold:conformal': {
    1: {
      options: z.strictObject({ level, alpha: chance, block: size(), blocks: size() }),
      arrays: { maxima: ['blocks'] },
    },
  },
  'threshold:regimes': {
    1: {
      options: z.strictObject({ level }),
      arrays: { regimes: ['K'], levels: ['K'] },
      check: ({ arrays }) =>
        misfit(arrays, 'regimes', Number.isInteger, 'the number of a regime') ??
        misfit(arrays, 'levels', value => value > 0 && Number.isFinite(value), 'above 0'),
    },
  },
  'threshold:rolling': {
    1: {
      options: z.strictObject({
        level,
        calibrated: score(),
        reference: z.number().min(0).max(3.4e38),
        memory: size(),
        quantile: chance,
        limit: z.number().min(1).max(1e6),
        ratio: z.number().positive().max(1e6),
      }),
    },
  },
  'threshold:spot': {
    1: {
      options: spotOptions,
      arrays: { excesses: ['E'], recent: ['R'] },
      check: ({ options, arrays }) => {
        const { depth } = spotOptions.parse(options).options
        if (arrays.recent.data.length !== depth) return `recent: ${depth} scores are expected`
        return misfit(arrays, 'excesses', Number.isFinite, 'a finite number')
      },
    },
  },
}

/** Why a threshold is not the one that the rule of a model finds, if it is not. */
export function ruleMisfit(rule: ThresholdOptions, { kind, options }: State): string | undefined {
  const wanted = foundBy(rule)
  if (kind !== wanted.kind) return `the threshold is a ${kind}, the rule finds a ${wanted.kind}`
  const found = options as Record<string, unknown>
  const differs = Object.entries(wanted.options).find(
    ([key, value]) => JSON.stringify(found[key]) !== JSON.stringify(value),
  )
  return differs && `the threshold has the ${differs[0]} ${String(found[differs[0]])}, the rule ${differs[1]}`
}

function foundBy({
  quantile,
  thresholdFactor: factor,
  falseAlarms,
  sensitivity,
  thresholdRule,
}: ThresholdOptions): {
  kind: string
  options: Record<string, unknown>
} {
  if (sensitivity !== undefined) return { kind: 'threshold:sensitivity', options: { sensitivity } }
  if (falseAlarms !== undefined)
    return { kind: 'threshold:alarm-budget', options: { ratePerDay: parseAlarmRate(falseAlarms) } }
  if (thresholdRule === 'mad') return { kind: 'threshold:mad', options: { factor } }
  if (thresholdRule !== undefined)
    return { kind: `threshold:${thresholdRule.replace('dspot', 'spot')}`, options: {} }
  return factor === undefined
    ? { kind: 'threshold:quantile', options: { quantile } }
    : { kind: 'threshold:sigma', options: { factor } }
}
