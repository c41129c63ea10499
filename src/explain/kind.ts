import { RUN_OVER_OTHERS } from '../detect/index.js'
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
  /** Whether a state that rarely turns did so as the event began, beside the channels that explain it. */
  readonly hasTurned?: boolean
  /** Whether a state was none of those that the training had: what the channels read in it is not known. */
  readonly isUnknown?: boolean
  /** What becomes of the score when the main channels read as expected: it falls to the threshold, it falls, or no channel lowers it. Undefined where that was not asked. */
  readonly repaired?: 'whole' | 'part' | 'none'
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
/** Of one of which only the end is in the event. */
const SHORTEST_END = 10
/** Samples on each side of what is expected that show that a channel no longer follows the others. */
const LEAST_SWINGS = 10

/** Usual changes from sample to sample that a step has at least. */
const LEAST_STEP = 6

/** Usual errors from what is expected that no noise has. */
const STANDS_OUT = 6

/** A channel that is outside of its band. */
const isOutside = ({ samples }: ChannelShape) => samples > LONGEST_SPIKE
/** For at least half as long as the main one, and clearly. */
const isBeside = ({ samples, largest }: ChannelShape, main: ChannelShape) =>
  samples > LONGEST_SPIKE && samples >= main.samples / 2 && largest > STANDS_OUT
/**
 * One channel that leaves alone is its sensor's fault more often than the machine's; several point to the machine, but for frozen ones, which are faults of their sensors; one that explains it
 * while others moved, or one that explains a part of it while others moved at all, to neither.
 */
const byCount = ({ main, all, repaired }: EventFacts): Verdict => {
  const [first] = main
  if (main.filter(shape => !isFrozen(shape)).length > 1) return 'machine'
  const isOther = repaired === 'part' ? isOutside : isBeside
  return all.some(shape => !main.includes(shape) && isOther(shape, first)) ? 'unclear' : 'sensor'
}
/** Channels that stand out beside those that explain an event: neighbours of a faulty sensor are one or two. */
const MANY_OTHERS = 3
/** A sensor that jumps or is saturated is at fault, unless many other channels stand out too: then the machine may have gone there. */
const unlessMany = ({ main, all }: EventFacts): Verdict =>
  all.filter(shape => !main.includes(shape) && shape.largest > STANDS_OUT).length >= MANY_OTHERS
    ? 'unclear'
    : 'sensor'
/** Channels beyond the range of the history: fewer may be faulty sensors. */
const LEAST_BEYOND = 3
/** One channel that no longer follows the others is its sensor; of several it is not known which one, unless two left their bands. */
const byPair = ({ main }: EventFacts): Verdict =>
  main.length === 1 ? 'sensor' : main.filter(isOutside).length > 1 ? 'machine' : 'unclear'
const isStuck = ({ run, usual }: ChannelShape, least = SHORTEST_RUN) =>
  run.samples >= least && run.samples > 1.5 * usual.longestRun
/** A channel that is rounded, or updated more rarely than in the history, repeats its readings all the time. */
const isRepeating = ({ run }: ChannelShape) => run.samples <= RUN_OVER_OTHERS * run.others
const isFrozen = (shape: ChannelShape) => isStuck(shape, SHORTEST_FROZEN) && !isRepeating(shape)
/** Distance of a reading from the lower and the upper end of the history, as shares of its range. */
const heightOf = (value: number, { min, max }: ChannelShape['usual']) =>
  max > min ? (value - min) / (max - min) : 0.5
/** Rough at most samples, or at many: a step in and out is neither. */
const isRough = ({ unrest, roughness, spikes }: ChannelShape) =>
  unrest > 3 || (roughness > 1.5 && spikes > LONGEST_SPIKE)
/** As a straight line from 0 or from the edge of the band has it, and readings that swing to both sides do not. */
const isOneSided = ({ level, variation }: ChannelShape) => Math.abs(level) > 1.2 * variation
/** Change of the distance from what is expected along a straight line, as a share of its mean: above 0 where it grew, 0 where no line explains it. */
const growthOf = ({ linear, rise, level }: ChannelShape) => (linear > 0.45 ? rise / level : 0)
/** The distance at the end is less than half of that at the start: 1 - 1/3 and 1 + 1/3 of its mean. */
const isReturning = (shape: ChannelShape) => growthOf(shape) < -2 / 3
/** From one level to another between two samples, as no drift gets there. */
const isStep = ({ step }: ChannelShape) => step > LEAST_STEP
/** Times the largest change between two levels in normal operation that a reading has jumped by. */
const LEAST_JUMP = 1.5
/** The reading itself went from one level to another, as it never did in normal operation: what is expected of it may follow, so that the distance from that fades or grows. */
export const isJump = ({ jump = 0 }: ChannelShape) => jump > LEAST_JUMP
const isState = ({ usual }: ChannelShape) => usual.isState === true
const isQuiet = (shape: ChannelShape) => shape.samples > 5 && shape.roughness < 0.2

const APART =
  'the readings were usual ones, but the channel no longer moves with one that it used to move with'
const isApartInRange = (shape: ChannelShape, { isApart }: EventFacts) =>
  isApart && shape.beyond < 0.1 && !isReturning(shape)

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
      (!isState(shape) &&
        isStuck(shape) &&
        heightOf(shape.run.value, shape.usual) < 0.03 &&
        shape.run.step > 0.5),
    verdict: 'sensor',
  },
  {
    kind: 'level-shift',
    reason: 'a state turned, or stayed longer than usual or than the others call for',
    applies: shape => isState(shape) && (shape.samples > LONGEST_SPIKE || isStuck(shape)),
    verdict: 'unclear',
  },
  {
    kind: 'saturation',
    reason: 'the reading stayed at one end of the range of the history',
    applies: shape =>
      isStuck(shape) && !isRepeating(shape) && Math.abs(heightOf(shape.run.value, shape.usual) - 0.5) > 0.47,
    verdict: unlessMany,
  },
  {
    kind: 'frozen',
    reason: 'the same reading was repeated longer than ever in the history',
    applies: isFrozen,
    verdict: 'sensor',
  },
  {
    kind: 'out-of-range-operation',
    reason: 'at least half of the channels were beyond the range of the history for most of the event',
    // What was so before the event is not what is new in it.
    applies: (shape, { all }) =>
      all.filter(({ beyond, isOld }) => beyond > 0.5 && !(isOld && !shape.isOld)).length >=
      Math.max(LEAST_BEYOND, all.length / 2),
    verdict: 'operation',
  },
  {
    kind: 'unit-jump',
    reason: 'the readings are a usual conversion factor times what is expected',
    applies: ({ ratio, shift, samples, roughness }, { all }) =>
      samples > LONGEST_SPIKE &&
      Math.abs(shift) > 1 &&
      FACTORS.flatMap(factor => [factor, 1 / factor]).some(factor =>
        all.length > 1
          ? Math.abs(ratio / factor - 1) < 0.05
          : Math.abs(Math.log2(ratio / factor)) < 0.5 && Math.abs(Math.log2(roughness / factor)) < 0.5,
      ),
    verdict: 'sensor',
  },
  {
    kind: 'spike',
    reason: 'at most 3 samples stand out from those around them',
    applies: ({ samples, largest, spikes, unrest }) =>
      samples <= LONGEST_SPIKE &&
      spikes <= LONGEST_SPIKE &&
      ((samples > 0 && largest > STANDS_OUT) || (spikes > 0 && unrest < 3)),
    verdict: facts => (facts.main.length > 1 ? byCount(facts) : unlessMany(facts)),
  },
  {
    kind: 'process-anomaly',
    reason: 'several channels departed from what the others call for',
    applies: (_, { main }) => main.filter(({ samples }) => samples > 0).length >= 3,
    verdict: 'machine',
  },
  {
    kind: 'noise-change',
    reason: 'the readings moved up and down more than usual',
    applies: (shape, { all }) =>
      isRough(shape) &&
      (all.length === 1 ||
        shape.samples <= Math.max(LONGEST_SPIKE, shape.spikes) ||
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
      const { samples, approach } = shape
      const grew = samples >= SHORTEST_DRIFT && growthOf(shape) > 0.3
      const came = samples >= SHORTEST_END && approach > 0.5 && !isStep(shape)
      return (grew || came) && isOneSided(shape) && !isJump(shape)
    },
    verdict: byCount,
  },
  {
    kind: 'correlation-break',
    reason: 'the readings were usual ones, but not those that the other channels call for',
    applies: ({ swings, beyond, samples }, { all }) =>
      all.length > 1 && swings >= LEAST_SWINGS && swings >= 0.25 * samples && beyond < 0.1,
    verdict: byPair,
  },
  {
    // A shift adds a constant, which changes no correlation; the edges of those of two channels can.
    kind: 'correlation-break',
    reason: APART,
    applies: (shape, facts) => facts.main.length === 1 && isApartInRange(shape, facts),
    verdict: byPair,
  },
  {
    kind: 'level-shift',
    reason: 'the distance from what is expected stayed about the same',
    applies: shape => {
      const { samples, level, variation } = shape
      const isFar = Math.abs(level) > 3 && Math.abs(level) > 1.5 * variation
      return samples > LONGEST_SPIKE && isFar && !isReturning(shape)
    },
    verdict: byCount,
  },
  {
    kind: 'level-shift',
    reason: 'the readings went from one level to another between two samples',
    applies: shape => (shape.samples <= LONGEST_SPIKE && isStep(shape)) || isJump(shape),
    verdict: byCount,
  },
  {
    kind: 'correlation-break',
    reason: APART,
    applies: isApartInRange,
    verdict: byPair,
  },
]

/** Kinds that no machine that is switched shows, and that a sensor shows whatever the score is made of. */
const OF_SENSORS: ReadonlySet<EventKind> = new Set(['frozen', 'dropout', 'unit-jump'])

/**
 * The kind of an event by the first rule that applies to its main channel; `unclear` when none does.
 *
 * @param facts with the channels that explain the event first
 */
export function kindOf(facts: EventFacts): KindOfEvent {
  const [shape] = facts.main
  const rule = shape && RULES.find(({ applies }) => applies(shape, facts))
  if (rule === undefined)
    return { kind: 'unclear', verdict: 'unclear', reason: 'none of the known kinds fits' }
  const { kind, reason, verdict } = rule
  const found = typeof verdict === 'function' ? verdict(facts) : verdict
  const isOpen = facts.hasTurned === true || facts.repaired === 'none'
  const isDoubtful = isState(shape) || facts.isUnknown === true || (isOpen && !OF_SENSORS.has(kind))
  return { kind, reason, verdict: found === 'sensor' && isDoubtful ? 'unclear' : found }
}
