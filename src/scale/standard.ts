import { mean, standardDeviation } from '../stats/index.js'
import { affineScaler } from './affine.js'

/** Mean 0, standard deviation 1 per channel. */
export const standardScaler = affineScaler('scaler:standard', values => ({
  offset: mean(values),
  spread: standardDeviation(values),
}))
