import { z } from 'zod'
import type { AnomalyEvent } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { parseKnown } from '../core/parse-options.js'
import { breathe, type Pauses } from '../core/pause.js'
import type { Model } from '../model/index.js'
import type { ScoredSamples, SessionSettings } from '../session/index.js'
import { type WindowAttention, windowAttention } from './attention.js'
import { type BrokenPair, brokenPairs } from './correlation.js'
import { type ChannelCourse, channelCourses } from './course.js'
import { type Decomposition, decompose } from './decompose.js'
import { type HistoryRange, historyRange } from './history-range.js'
import type { WindowAttribution } from './integrated-gradients.js'
import { type EventFacts, type EventKind, isJump, type KindOfEvent, kindOf } from './kind.js'
import { type Attribution, attribute, defaultBudget, EXPLAIN_METHODS, type ExplainMethod } from './methods.js'
import { type NormalInterval, nearestNormals, type SoughtInterval } from './normal-interval.js'
import { openedAt } from './opened.js'
import { type Overview, overviewCourses } from './overview.js'
import { type Band, bandOf } from './possible.js'
import { questionsOf, surroundings } from './question.js'
import type { Reference } from './reference.js'
import type { Repair } from './repair.js'
import { eventSentence, type SentenceFacts } from './sentence.js'
import { type ChannelShape, shapeOf } from './shape.js'
import { eventSignature, type SimilarEvent, similarEvent } from './similar-event.js'
import { stateClause, unknownStates } from './state.js'
import { isRareTurn, turnedChannels } from './turned.js'
import type { NamedChannel } from './units.js'

/** What an event says about one channel. */
export interface ExplainedChannel extends NamedChannel, Band {
  /** As in the data. */
  readonly name: string
  /** From the method, in its unit. */
  readonly value: number
  /** Share in the score of the event, exact. */
  readonly share: number
  /** Whether the repair needs it; of other methods, whether it stands out by them. No channel explains an event where the repair finds none, also not the one that the sentence names. */
  readonly explains: boolean
  /** Where it deviated most; what was expected, and the band, are those of the same sample. */
  readonly reading: number
  /** What it read in the history; absent where the model does not keep it. */
  readonly history?: HistoryRange
  /** Whether it was outside of its band before the samples that are looked at: `leftMs` is then the first of these. */
  readonly wasOutside?: true
  /** When it left its band, in the kind of the times; null when it did not. */
  readonly leftMs: number | null
}

/** Why an event is one. */
export interface Explanation extends KindOfEvent {
  readonly event: AnomalyEvent
  readonly method: ExplainMethod
  readonly sentence: string
  /** Time of the sample with which the event opened, in the kind of the series. */
  readonly detectedMs: number
  /** The most important first. */
  readonly channels: readonly ExplainedChannel[]
  readonly repair: Attribution['repair']
  readonly pairs: readonly BrokenPair[]
  /** When the other channels read like this and nothing was wrong. */
  readonly nearestNormal: NormalInterval | null
  /** The most similar event before this one. */
  readonly similar: SimilarEvent | null
  readonly decomposition: Decomposition
  /** Of integrated gradients: every reading of one window. */
  readonly window?: WindowAttribution
  /** What the network looked at, where it has attention. */
  readonly attention?: WindowAttention
  /** `[C]` in the order of the frame. */
  readonly courses: readonly ChannelCourse[]
}

export interface ExplainSettings {
  /** Default `repair`. */
  readonly method?: ExplainMethod
  /** Evaluations of the detector per event at most. Default 12 for `repair`; 20 per channel for `permutation` and `shapley`; 64 for `integrated-gradients`. */
  readonly budget?: number
  /** `[C]` names and units for sentences, see `namedChannels`. */
  readonly named?: readonly NamedChannel[]
  /** Of the methods that draw. Default 1. */
  readonly seed?: number
  /** What normal operation is taken from: the table, or the history of the model where it keeps some of it. Default `table`. */
  readonly normal?: 'table' | 'history'
  /** How the series was scored. */
  readonly session?: SessionSettings
  /** Whether the series is a part of a longer one: what continues at its ends lasts at least as long as it shows. */
  readonly isPart?: boolean
  /** All of the event, of which the series holds the beginning alone. Of one chosen event. */
  readonly overview?: Overview
}

const explainSettings = z.object({
  method: z.enum(EXPLAIN_METHODS).optional(),
  budget: z.number().int().min(1).max(100_000).optional(),
  named: z.array(z.looseObject({})).optional(),
  seed: z.number().int().min(0).max(0xffffffff).optional(),
  normal: z.enum(['table', 'history']).optional(),
  session: z.looseObject({}).optional(),
  isPart: z.boolean().optional(),
  overview: z.looseObject({}).optional(),
})

/** Channels that are taken as explaining an event for which no repair was asked: those with half the value of the first. */
const MAIN_SHARE = 0.5
const MOST_MAIN = 3

/**
 * Explains events of a scored table: which channels, in which order, what kind, in one sentence. It only uses scores, residuals and new scores of changed
 * readings, so it works for every detector.
 *
 * Normal operation is taken from the table itself: samples that are below the threshold and away from events; where there are too few, or on request, from the
 * excerpt of the history that the model keeps.
 *
 * @param scored as `detect` gives it, for the same settings
 * @param all every event of the table; those to explain are `chosen`
 * @throws OptionError `option-unknown`, `option-invalid`; `method-unfit`; `interrupted` when the signal aborts
 */
export async function explainEvents(
  model: Model,
  scored: ScoredSamples,
  all: readonly AnomalyEvent[],
  chosen: readonly AnomalyEvent[] = all,
  settings: ExplainSettings = {},
  pauses: Pauses = {},
): Promise<Explanation[]> {
  parseKnown(explainSettings, settings, 'the explanation')
  const { method = 'repair', session = {} } = settings
  const questions = questionsOf(model, scored, all, settings, pauses)
  const { reference, expectation } = questions
  const opened = openedAt(model, scored, session)
  const budget = settings.budget ?? defaultBudget(method, scored.frame.channels.length)
  const signatures = new Map<AnomalyEvent, Promise<Float64Array>>()
  const signatureOf = (event: AnomalyEvent) => {
    const known = signatures.get(event) ?? eventSignature(scored, expectation, event)
    signatures.set(event, known)
    return known
  }
  const explained: Omit<Explanation, 'nearestNormal'>[] = []
  const sought: SoughtInterval[] = []
  for (const event of chosen) {
    await breathe(pauses, 'explaining')
    const question = questions.about(event, budget)
    const { frozen } = question
    const attribution = await attribute(method, question)
    const main = mainChannels(attribution)
    const range = surroundings(scored, event, model.info.window)
    const courses = await channelCourses(scored, expectation, reference, event, range, main)
    const whole = settings.overview && (await overviewCourses(model, reference, settings.overview, main))
    const similar = await similarEvent(event, all, signatureOf)
    const attention = windowAttention(model, scored, event)
    const facts = {
      info: model.info,
      scored,
      reference,
      event,
      attribution,
      main,
      frozen,
      courses,
      whole,
      similar,
      attention,
    }
    // A two-sided score is smooth: it can pass the threshold before the samples that raise it, which is no detection of them.
    const detectedMs = Math.max(event.times.startMs, opened.get(event.id) ?? event.times.startMs)
    explained.push(explanationOf(facts, method, detectedMs, settings))
    sought.push({ range: courses[0].range, peak: event.peak, main })
  }
  const nearest = await nearestNormals(scored, reference, sought, pauses)
  return explained.map((one, k) => ({ ...one, nearestNormal: nearest[k] }))
}

interface Facts {
  readonly info: Model['info']
  readonly scored: ScoredSamples
  readonly reference: Reference
  readonly event: AnomalyEvent
  readonly attribution: Attribution
  readonly main: readonly number[]
  readonly frozen: readonly number[]
  readonly courses: readonly ChannelCourse[]
  /** `[C]` over the overview, where there is one. */
  readonly whole: readonly ChannelCourse[] | undefined
  readonly similar: SimilarEvent | null
  readonly attention: WindowAttention | undefined
}

function explanationOf(
  facts: Facts,
  method: ExplainMethod,
  detectedMs: number,
  settings: ExplainSettings,
): Omit<Explanation, 'nearestNormal'> {
  const { info, scored, reference, event, attribution, main, frozen, courses, similar, attention } = facts
  const shapes = shapesOf(facts, settings)
  const decomposition = decompose(scored, event)
  const pairs = brokenPairs(scored, reference, event, main)
  const isApart = pairs.length > 0
  const { repair } = attribution
  const repaired = repair ? outcomeOf(repair) : undefined
  const isUnexplained = repaired === 'none'
  const turned = turnedChannels(scored.frame, reference, event).filter(c => !main.includes(c))
  const hasTurned = isRareTurn(turned, reference)
  const unknown = unknownStates(info, scored.frame, event)
  const isUnknown = unknown.length > 0
  const kind = kindOf({
    main: main.map(c => shapes[c]),
    all: shapes,
    isApart,
    hasTurned,
    isUnknown,
    repaired,
  })
  const kindAlone = (c: number) =>
    frozen.includes(c) ? 'frozen' : kindOf({ main: [shapes[c]], all: shapes, isApart }).kind
  const kinds = new Map(main.map((c, k) => [c, k === 0 ? kind.kind : kindAlone(c)]))
  for (const c of kind.kind === 'machine-off' ? [] : frozen) if (!kinds.has(c)) kinds.set(c, 'frozen')
  const repeating = new Set([...kinds].flatMap(([c, one]) => (REPEATING.has(one) ? [c] : [])))
  const channels = attribution.order.map(c =>
    channelOf(c, facts, decomposition, repeating.has(c) ? shapes[c].run.value : undefined, settings),
  )
  return {
    event,
    method,
    ...kind,
    sentence: sentenceOf(facts, channels, { shapes, kinds, pairs, turned, unknown, isUnexplained }, settings),
    detectedMs,
    channels,
    repair,
    pairs,
    similar,
    decomposition,
    ...(attribution.window && { window: attribution.window }),
    ...(attention && { attention }),
    courses,
  }
}

/**
 * Those that the repair or the standardised errors found; where they found none the one that is furthest from what the others call for, because shares are smeared; for other methods those with a
 * value near that of the first.
 */
function mainChannels({ order, values, repair, found = repair?.channels }: Attribution): number[] {
  if (found) return found.length > 0 ? [...found] : order.slice(0, 1)
  return order.slice(0, MOST_MAIN).filter(c => values[c] > 0 && values[c] >= MAIN_SHARE * values[order[0]])
}

function shapesOf(
  { scored, reference, event, courses, whole }: Facts,
  { overview }: ExplainSettings,
): ChannelShape[] {
  return courses.map((course, c) => {
    if (overview === undefined || whole === undefined) return shapeOf(scored, reference, course, event)
    const { frame, start, stride } = overview
    const inAll = { start, end: sampleCount(frame) }
    return shapeOf(scored, reference, course, event, { frame, course: whole[c], event: inAll, stride })
  })
}

/** What becomes of the score when the channels of the repair read as expected; undefined where the samples that it looked at are below the threshold, so that it tried none. */
function outcomeOf({ channels, clears, before }: Repair): EventFacts['repaired'] {
  if (channels.length > 0) return clears ? 'whole' : 'part'
  return before <= 1 ? undefined : 'none'
}

function channelOf(
  c: number,
  { info, scored, event, attribution, main, courses, whole }: Facts,
  { total, channels: parts }: Decomposition,
  repeated: number | undefined,
  { named, overview }: ExplainSettings,
): ExplainedChannel {
  const [frame, course, start] =
    overview && whole
      ? [overview.frame, whole[c], overview.start]
      : [scored.frame, courses[c], Math.min(event.onset, event.start)]
  const { range, expected, deviation, halfBand, possible } = course
  // Of the event alone: what surrounds it may hold another fault.
  let worst = Math.max(0, start - range.start)
  const end = overview ? sampleCount(frame) : event.end
  for (let i = worst; i < end - range.start; i++)
    if (Math.abs(deviation[i]) > Math.abs(deviation[worst]) || Number.isNaN(deviation[worst])) worst = i
  const reading = frame.values[(range.start + worst) * frame.channels.length + c]
  const name = frame.channels[c]
  const history = historyRange(info, c)
  const [left, leftLater] = [courses[c].left, course.left]
  return {
    name,
    value: attribution.values[c],
    share: total > 0 ? parts[c] / total : 0,
    explains: (attribution.repair?.channels ?? main).includes(c),
    reading: repeated ?? reading,
    ...bandOf(expected[worst], halfBand, possible),
    ...(history && { history }),
    leftMs: left !== null ? scored.frame.timeMs[left] : leftLater !== null ? frame.timeMs[leftLater] : null,
    ...(courses[c].isOld && { wasOutside: true }),
    ...(named?.[c] ?? { label: name }),
  }
}

/** Samples between the beginnings of two faults that a sentence says are apart. */
const LATER = 20
const REPEATING: ReadonlySet<string> = new Set(['frozen', 'saturation', 'dropout'])

/** What a sentence needs beside the channels. */
interface Findings {
  readonly shapes: readonly ChannelShape[]
  /** Of the channels that explain the event, the first with that of the event, and of those that are frozen beside them. */
  readonly kinds: ReadonlyMap<number, EventKind>
  readonly pairs: readonly BrokenPair[]
  /** Channels of two readings that turned as the event began, and do not explain it. */
  readonly turned: readonly number[]
  /** States that the training did not have. */
  readonly unknown: readonly string[]
  readonly isUnexplained: boolean
}

function sentenceOf(
  { info, scored: { frame }, reference, event, main, courses }: Facts,
  channels: readonly ExplainedChannel[],
  { shapes, kinds, pairs, turned, unknown, isUnexplained }: Findings,
  { named, isPart = false }: ExplainSettings,
): string {
  const [one] = main
  // What was outside of its band before did not leave it in the event.
  const left = channels
    .filter(({ leftMs, wasOutside }) => leftMs !== null && (!wasOutside || courses[one]?.isOld !== false))
    .map(({ label, leftMs, wasOutside }) => ({
      name: label,
      after: leftMs as number,
      ...(wasOutside && { isOld: wasOutside }),
    }))
    .sort((a, b) => a.after - b.after)
  const inSentence = ({ name, label, ...rest }: ExplainedChannel): SentenceFacts['main'][number] => {
    const c = frame.channels.indexOf(name)
    const kind = kinds.get(c) ?? 'unclear'
    const { start, samples } = shapes[c].run
    const isCut = isPart && (start === 0 || start + samples === sampleCount(frame))
    const isRepeating = REPEATING.has(kind)
    const repeated = isRepeating ? { length: samples * stepOf(frame), isCut } : undefined
    const since = !isRepeating
      ? rest.wasOutside
        ? null
        : rest.leftMs
      : isPart && start === 0
        ? null
        : frame.timeMs[start]
    const decimals = decimalsOf(frame, c, courses[c].range)
    const first = (courses[c].outside ?? event).start
    const before = first > 0 ? frame.values[(first - 1) * frame.channels.length + c] : undefined
    const state = reference.channels[c].isState
      ? stateClause(info, c, { label, reading: rest.reading, before })
      : undefined
    return { ...rest, name: label, kind, decimals, repeated, state, ...(since !== null && { since }) }
  }
  const said = channels.filter(({ name }) => kinds.has(frame.channels.indexOf(name)))
  const isMain = ({ name }: ExplainedChannel) => main.includes(frame.channels.indexOf(name))
  const [first] = main
  const pair = pairs.find(one => one.first === first || one.second === first)
  const other = pair && (pair.first === first ? pair.second : pair.first)
  const labelOf = (c: number) => named?.[c]?.label ?? frame.channels[c]
  const apart = other === undefined ? undefined : labelOf(other)
  return eventSentence({
    main: said.filter(isMain).map(inSentence),
    frozen: said.filter(channel => !isMain(channel)).map(inSentence),
    left,
    apart,
    isUnexplained,
    unknown,
    turned: turned.filter(c => !kinds.has(c) && !left.some(({ name }) => name === labelOf(c))).map(labelOf),
    moved: shapes.flatMap((shape, c) =>
      isJump(shape) && !kinds.has(c) && !left.some(({ name }) => name === labelOf(c)) ? [labelOf(c)] : [],
    ),
    later: LATER * stepOf(frame),
    channels: frame.channels.length,
    duration: frame.timeKind === 'utc' ? formatDuration : samples => counted(samples, 'sample'),
  })
}

const MOST_DECIMALS = 6

/** Decimals that the readings of a channel have, up to 6. Cost O(n). */
function decimalsOf(
  { values, channels: { length } }: Frame,
  channel: number,
  { start, end }: Interval,
): number {
  let decimals = 0
  for (let i = start; i < end && decimals < MOST_DECIMALS; i++) {
    const reading = values[i * length + channel]
    while (
      decimals < MOST_DECIMALS &&
      Number(reading.toFixed(decimals)) !== reading &&
      Number.isFinite(reading)
    )
      decimals++
  }
  return decimals
}

/** Time between the first two samples, or 1. */
function stepOf({ timeMs, timeKind }: Frame): number {
  return timeKind === 'utc' && timeMs.length > 1 ? timeMs[1] - timeMs[0] : 1
}
