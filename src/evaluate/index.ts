export { intervalsOf, readLabels } from './labels.js'
export type { Measure } from './measure.js'
export { type Scored, scoredOnly } from './scored.js'
export { type VolumeOptions, vus } from './vus.js'
