export { mad } from './mad.js'
export { mean, standardDeviation } from './moments.js'
export { median, quantile, sortFinite } from './quantile.js'
