import type { FittedThreshold } from '../core/contracts.js'
import type { Json, State } from '../core/state.js'
import { loadAlarmThreshold } from './alarm-budget.js'
import { loadConformalThreshold } from './conformal.js'
import { fixedThreshold } from './fixed.js'
import { loadRegimeThreshold } from './regimes.js'
import { loadRollingThreshold } from './rolling.js'
import { loadSpotThreshold } from './spot.js'

/** Every kind of saved threshold with its loader. */
export const THRESHOLD_LOADERS: Readonly<Record<string, (state: State) => FittedThreshold>> = {
  'threshold:quantile': loadFixed,
  'threshold:sigma': loadFixed,
  'threshold:mad': loadFixed,
  'threshold:pot': loadFixed,
  'threshold:dynamic': loadFixed,
  'threshold:alarm-budget': loadAlarmThreshold,
  'threshold:conformal': loadConformalThreshold,
  'threshold:regimes': loadRegimeThreshold,
  'threshold:rolling': loadRollingThreshold,
  'threshold:sensitivity': loadFixed,
  'threshold:spot': loadSpotThreshold,
}

function loadFixed(state: State): FittedThreshold {
  const { level, ...rule } = state.options as { level: number; [key: string]: Json }
  return fixedThreshold(state.kind, level, rule)
}
