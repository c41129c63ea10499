export { type AttentionLayer, type WindowAttention, windowAttention } from './attention.js'
export { type ScoreOf, shapleyValues } from './attribution.js'
export { type ChannelBands, channelBands } from './bands.js'
export { type ChunkedEvents, chunkedEvents } from './chunked-events.js'
export {
  type ComparedMethod,
  compareMethods,
  type MethodComparison,
  rankCorrelation,
} from './compare-methods.js'
export { type BrokenPair, brokenPairs } from './correlation.js'
export type { ChannelCourse } from './course.js'
export { type Decomposition, decompose } from './decompose.js'
export { type ChannelExpectation, type ExpectedReadings, learnExpectation } from './expectation.js'
export { type ExplainedChannel, type ExplainSettings, type Explanation, explainEvents } from './explain.js'
export { type ChannelImportance, globalImportance } from './global-importance.js'
export { type HighestScores, highestScores } from './highest-scores.js'
export { beyondText, comparedWith, type HistoryRange, isWithin } from './history-range.js'
export { integratedGradients, type WindowAttribution } from './integrated-gradients.js'
export {
  EVENT_KINDS,
  type EventFacts,
  type EventKind,
  type KindOfEvent,
  kindOf,
  type Verdict,
} from './kind.js'
export { type LiveEvents, liveEvents } from './live-events.js'
export { EXPLAIN_METHODS, type ExplainMethod } from './methods.js'
export { type NormalInterval, nearestNormals, type SoughtInterval } from './normal-interval.js'
export type { Overview } from './overview.js'
export { type Band, bandOf, type PossibleReadings } from './possible.js'
export { findReference, type Reference, type ScoredSeries, type UsualChannel } from './reference.js'
export { type EventRepairOptions, type Repair, repairEvent } from './repair.js'
export { openRescorer, type Replacement, type Rescorer } from './rescore.js'
export {
  type ExplainedSample,
  explainSample,
  type SampleChannel,
  sampleAtTime,
  withEventBands,
} from './sample.js'
export { eventSentence, type SentenceFacts } from './sentence.js'
export { type ChannelShape, shapeOf } from './shape.js'
export { eventSignature, type SimilarEvent, similarEvent, similarityOf } from './similar-event.js'
export { explainedEvent, saidOf } from './summary.js'
export { modelChannels, type NamedChannel, namedChannels } from './units.js'
