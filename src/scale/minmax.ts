import { affineScaler } from './affine.js'

/** Smallest reading of the training part becomes 0, largest becomes 1. */
export const minmaxScaler = affineScaler('scaler:minmax', values => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return { offset: low, spread: high - low }
})
