import type { ChannelShape } from './shape.js'

/** What kind of event it is. */
export const EVENT_KINDS = [
  'machine-off',
  'out-of-range-operation',
  'dropout',
  'saturation',
  'frozen',
  'unit-jump',
  'spike',
  'process-anomaly',
  'noise-change',
  'drift',
  'level-shift',
  'correlation-break',
  'unclear',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** Where to look first. */
export type Verdict = 'sensor' | 'machine' | 'operation' | 'unclear'

export interface KindOfEvent {
  readonly kind: EventKind
  readonly verdict: Verdict
  /** The rule that decided, as a sentence. */
  readonly reason: string
}

/** What the rules see of an event. */
export interface EventFacts {
  /** Shapes of the channels that explain the event, the main one first. */
  readonly main: readonly ChannelShape[]
  /** Shapes of all channels. */
  readonly all: readonly ChannelShape[]
  /** Whether a channel that explains the event no longer moves with one that it used to move with. */
  readonly isApart: boolean
}

interface Rule {
  readonly kind: Exclude<EventKind, 'unclear'>
  readonly reason: string
  applies(shape: ChannelShape, facts: EventFacts): boolean
  readonly verdict: Verdict | ((facts: EventFacts) => Verdict)
}

/** Factors between units and scales of one quantity; smaller ones are mistaken for shifts. */
const FACTORS = [3.6, 10, 14.5, 25.4, 60, 100, 1000, 3600]
/** Runs of equal readings that are shorter say nothing, whatever the history. */
const SHORTEST_RUN = 4
const SHORTEST_FROZEN = 8
/** Samples of a spike at most. */
const LONGEST_SPIKE = 3
const SHORTEST_DRIFT = 20
/** Samples on each side of what is expected that show that a channel no longer follows the others. */
const LEAST_SWINGS = 10

/** A channel that is outside of its band for at least half as long as the main one, and clearly. */
const isBeside = ({ samples, largest }: ChannelShape, main: ChannelShape) =>
  samples > LONGEST_SPIKE && samples >= main.samples / 2 && largest > 6
/** One channel that leaves alone is its sensor's fault more often than the machine's; several point to the machine; one that explains it while others moved, to neither. */
const byCount = ({ main, all }: EventFacts): Verdict => {
  const [first] = main
  if (main.length > 1) return 'machine'
  return all.some(shape => shape !== first && isBeside(shape, first)) ? 'unclear' : 'sensor'
}
const isStuck = ({ run, usual }: ChannelShape, least = SHORTEST_RUN) =>
  run.samples >= least && run.samples > 1.5 * usual.longestRun
/** Distance of a reading from the lower and the upper end of the history, as shares of its range. */
const heightOf = (value: number, { min, max }: ChannelShape['usual']) =>
  max > min ? (value - min) / (max - min) : 0.5
/** Rough at most samples, or at many: a step in and out is neither. */
const isRough = ({ unrest, roughness, spikes }: ChannelShape) =>
  unrest > 3 || (roughness > 1.5 && spikes > LONGEST_SPIKE)
/** As a straight line from 0 or from the edge of the band has it, and readings that swing to both sides do not. */
const isOneSided = ({ level, variation }: ChannelShape) => Math.abs(level) > 1.2 * variation
const isQuiet = (shape: ChannelShape) => shape.samples > 5 && shape.roughness < 0.2

/** Tried from first to last; the first that applies decides. */
const RULES: readonly Rule[] = [
  {
    kind: 'machine-off',
    reason: 'at least half of the channels became quiet together, away from their usual readings',
    applies: (_, { all }) =>
      all.length > 2 &&
      all.filter(shape => isQuiet(shape) && shape.largest > 4).length >= Math.max(2, all.length / 2),
    verdict: 'operation',
  },
  {
    kind: 'dropout',
    reason: 'the reading fell to the low end of its range and stayed there, or there was none',
    applies: shape =>
      shape.missing > 0.3 ||
      (isStuck(shape) && heightOf(shape.run.value, shape.usual) < 0.03 && shape.run.step > 0.5),
    verdict: 'sensor',
  },
  {
    kind: 'saturation',
    reason: 'the reading stayed at one end of the range of the history',
    applies: shape => isStuck(shape) && Math.abs(heightOf(shape.run.value, shape.usual) - 0.5) > 0.47,
    verdict: 'sensor',
  },
  {
    kind: 'frozen',
    reason: 'the same reading was repeated longer than ever in the history',
    applies: shape => isStuck(shape, SHORTEST_FROZEN),
    verdict: 'sensor',
  },
  {
    kind: 'unit-jump',
    reason: 'the readings are a usual conversion factor times what is expected',
    applies: ({ ratio, shift, samples }) =>
      samples > LONGEST_SPIKE &&
      Math.abs(shift) > 1 &&
      FACTORS.some(factor => [factor, 1 / factor].some(wanted => Math.abs(ratio / wanted - 1) < 0.05)),
    verdict: 'sensor',
  },
  {
    kind: 'spike',
    reason: 'at most 3 samples stand out from those around them',
    applies: ({ samples, largest, spikes, unrest }) =>
      samples <= LONGEST_SPIKE &&
      spikes <= LONGEST_SPIKE &&
      ((samples > 0 && largest > 6) || (spikes > 0 && unrest < 3)),
    verdict: 'sensor',
  },
  {
    kind: 'out-of-range-operation',
    reason: 'several channels left the range of the history together, as the relations between them call for',
    applies: (_, { main, all }) =>
      main.length >= 3 && all.filter(({ beyond }) => beyond > 0.5).length >= Math.max(3, all.length / 2),
    verdict: 'operation',
  },
  {
    kind: 'process-anomaly',
    reason: 'several channels departed from what the others call for',
    applies: (_, { main }) => main.length >= 3,
    verdict: 'machine',
  },
  {
    kind: 'noise-change',
    reason: 'the readings moved up and down more than usual',
    applies: shape =>
      isRough(shape) &&
      (shape.samples <= Math.max(LONGEST_SPIKE, shape.spikes) ||
        Math.abs(shape.level) < 1.5 * shape.variation),
    // Readings that are noisy themselves are no echo of another channel, also within their band.
    verdict: facts =>
      facts.main.length === 1 && facts.all.some(other => other !== facts.main[0] && isRough(other))
        ? 'machine'
        : byCount(facts),
  },
  {
    kind: 'drift',
    reason: 'the distance from what is expected grew steadily',
    applies: shape => {
      const { samples, rise, linear, level, approach } = shape
      const grew =
        samples >= SHORTEST_DRIFT && linear > 0.45 && rise * Math.sign(level) > 0.3 * Math.abs(level)
      return samples > LONGEST_SPIKE && isOneSided(shape) && (grew || approach > 0.5)
    },
    verdict: byCount,
  },
  {
    kind: 'correlation-break',
    reason: 'the readings were usual ones, but not those that the other channels call for',
    applies: ({ swings, beyond, samples }) =>
      swings >= LEAST_SWINGS && swings >= 0.25 * samples && beyond < 0.1,
    verdict: 'sensor',
  },
  {
    kind: 'level-shift',
    reason: 'the distance from what is expected stayed about the same',
    applies: ({ samples, level, variation }) =>
      samples > LONGEST_SPIKE && Math.abs(level) > 3 && Math.abs(level) > 1.5 * variation,
    verdict: byCount,
  },
  {
    kind: 'correlation-break',
    reason: 'the channel no longer moves with one that it used to move with, and nothing else is unusual',
    applies: ({ beyond }, { isApart }) => isApart && beyond < 0.1,
    verdict: 'sensor',
  },
]

/**
 * The kind of an event by the first rule that applies to its main channel; `unclear` when none does.
 *
 * @param facts with the channels that explain the event first
 */
export function kindOf(facts: EventFacts): KindOfEvent {
  const [shape] = facts.main
  const rule = shape && RULES.find(({ applies }) => applies(shape, facts))
  if (rule === undefined) return { kind: 'unclear', verdict: 'unclear', reason: 'no rule applies' }
  const { kind, reason, verdict } = rule
  return { kind, reason, verdict: typeof verdict === 'function' ? verdict(facts) : verdict }
}
