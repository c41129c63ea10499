import type { Scaler } from '../core/contracts.js'
import { minmaxScaler } from './minmax.js'
import { robustScaler } from './robust.js'
import { standardScaler } from './standard.js'

export { loadAffineScaler } from './affine.js'

/** Every scaler, by the name a user gives. */
export const SCALERS = {
  standard: standardScaler,
  robust: robustScaler,
  minmax: minmaxScaler,
} as const satisfies Record<string, Scaler>
