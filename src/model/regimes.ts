import type { FittedRegimes } from '../detect/index.js'
import type { FittedRegimeThreshold } from '../threshold/index.js'

/** The regimes of a machine and how high its normal scores are in each. */
export interface ModelRegimes {
  readonly finder: FittedRegimes
  readonly levels: FittedRegimeThreshold
}
