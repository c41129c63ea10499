export { coverCount, windowCount } from './count.js'
export { segmentsWithout } from './segments.js'
export { type HistoryParts, splitHistory } from './split.js'
export { windowStarts } from './starts.js'
