export {
  type ChannelSource,
  channelSources,
  createDeriver,
  type DerivedChannel,
  type DerivedKind,
  type Deriver,
  derivedChannel,
  stateText,
} from './derive.js'
export { createLanes, holdsNothingBack, type LaneCounts, type LaneOptions, type Lanes } from './lanes.js'
export { DUPLICATE_POLICIES, type DuplicatePolicy, LATE_POLICIES, type LatePolicy } from './order.js'
export { type DevicePart, type DeviceSamples, joinParts, type Part, pickSamples, slicePart } from './part.js'
export {
  AGGREGATES,
  type Aggregate,
  createResampler,
  noTimes,
  type ResampleOptions,
  type Resampler,
  resampleFrame,
} from './resample.js'
export {
  type ChannelSilence,
  createSampler,
  type Refused,
  type Sampler,
  type SamplerOptions,
} from './sampler.js'
