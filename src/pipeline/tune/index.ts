export type { Trial } from './journal.js'
export { type TuneOptions, tuneOptions } from './options.js'
export { type Proposal, VARIED } from './space.js'
export { type TuneHooks, tune } from './tune.js'
