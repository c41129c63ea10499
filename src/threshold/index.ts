export { fixedThreshold } from './fixed.js'
export { quantileThreshold } from './quantile.js'
export { sigmaThreshold } from './sigma.js'
