import { z } from 'zod'
import type { State } from '../core/state.js'
import {
  type DriftReference,
  HOURS,
  KNOTS,
  loadReference,
  REFERENCE_KIND,
  REFERENCE_VERSION,
} from '../drift/index.js'
import { size } from './ranges.js'
import { checkStage, misfit, type StageContext, type StateRules } from './state-rule.js'

const options = z.strictObject({ samples: size(), lengths: z.array(size()).max(24) })

const arrays = { knots: ['C', KNOTS], facts: ['C', 4], designEffects: ['C', 'L'] }

function check({ options, arrays }: State): string | undefined {
  const { lengths } = options as { readonly lengths: readonly number[] }
  const isAscending = (values: ArrayLike<number>, start: number, end: number) => {
    for (let i = start + 1; i < end; i++) if (values[i] < values[i - 1]) return false
    return true
  }
  if (!isAscending(lengths, 0, lengths.length)) return 'options.lengths: they must ascend'
  const { data, shape } = arrays.knots
  for (let c = 0; c < shape[0]; c++)
    if (!isAscending(data, c * KNOTS, (c + 1) * KNOTS)) return `knots: those of channel ${c} must ascend`
  if (arrays.designEffects.shape[1] !== lengths.length)
    return `designEffects: one for each of ${lengths.length} lengths is expected`
  return misfit(arrays, 'designEffects', value => value >= 1 && Number.isFinite(value), 'at least 1')
}

/** Each channel has a number for every hour of the week, or none has. */
function checkSeason(state: State): string | undefined {
  const [, hours] = state.arrays.season.shape
  if (hours !== 0 && hours !== HOURS) return `season: one for each of ${HOURS} hours is expected`
  return check(state)
}

/** Samples for each independent one, by which scores and channels are watched: at least 1, or not known. */
function checkMeanEffect(state: State): string | undefined {
  const { data, shape } = state.arrays.facts
  for (let c = 0; c < shape[0]; c++) {
    const effect = data[c * shape[1] + 4]
    if (effect < 1 || effect === Number.POSITIVE_INFINITY)
      return `facts: that of channel ${c} must be at least 1`
  }
  return checkSeason(state)
}

/** The reference that data are compared with for drift. Version 1 knows no season, version 2 no effect of the mean. */
const REFERENCE_RULES: Readonly<Record<string, StateRules>> = {
  [REFERENCE_KIND]: {
    1: { options, arrays, check },
    2: { options, arrays: { ...arrays, season: ['C', 'S'] }, check: checkSeason },
    [REFERENCE_VERSION]: {
      options,
      arrays: { ...arrays, facts: ['C', 5], season: ['C', 'S'] },
      check: checkMeanEffect,
    },
  },
}

/** Restores the drift reference of a model. Errors: as `checkStage`. */
export function loadDriftReference(
  state: State,
  channels: readonly string[],
  context: StageContext,
): DriftReference {
  checkStage(state, REFERENCE_RULES, context)
  return loadReference(state, channels)
}
