export { coverCount, windowCount } from './count.js'
export { type HistoryParts, splitHistory } from './split.js'
