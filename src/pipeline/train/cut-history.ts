import type { Alignment } from '../../core/contracts.js'
import { createError, type ErrorCode, TelltaleError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../../core/frame.js'
import { NEEDS_FEWER } from '../../core/needs-fewer.js'
import type { ParseTimeOptions } from '../../core/parse-time.js'
import { breathe, type Pauses } from '../../core/pause.js'
import type { ModelInfo } from '../../model/index.js'
import {
  type DataSchema,
  type Issue,
  learnSchema,
  type MissingOptions,
  type Prepared,
  prepareHistory,
  profileTimes,
} from '../../validate/index.js'
import {
  clipSegments,
  type HistoryParts,
  segmentsWithout,
  separated,
  splitHistory,
  windowStarts,
} from '../../window/index.js'
import type { TrainSettings } from '../settings/train-settings.generated.js'
import { parseExclusions } from './exclude.js'
import { HELD_BACK_PARTS, type ResolvedTraining, resolveTraining } from './resolve.js'
import { validHistory } from './valid-history.js'

/** A history cut into training, validation and calibration parts. */
export interface CutHistory {
  readonly parts: HistoryParts
  /** Names of the parts as the manifest keeps them. */
  readonly named: ModelInfo['training']['parts']
  readonly issues: readonly Issue[]
  readonly schema: DataSchema
  /** Prepared readings that are learnt from and that decide when to stop; segments within them. */
  readonly learning: Stretch
  readonly validation: Stretch
  /** What is learnt from, readings as they came: regimes are found in these, as they are followed later. */
  readonly asCame: Frame
  /** The calibration part, as it is prepared for scores of each alignment, and as it came. */
  readonly calibration: Readonly<Record<Alignment, Prepared>> & { readonly asCame: Frame }
  /** Samples apart that no event is counted across the border of two blocks. */
  readonly between: number
  readonly borders: readonly number[]
}

export interface Stretch {
  readonly frame: Frame
  readonly segments: readonly Interval[]
}

/**
 * Cuts a history in time order into train, validation and calibration parts with a gap of one window between, after its missing readings were treated
 * and it was validated. Windows stay inside of segments. A detector that scores its own training part, each sample by a fit that has not seen it,
 * needs no part to stop by: it learns from that too.
 *
 * @param times how the times of `exclude` are read, and the device that the history is of
 * @param pauses yield to the event loop and can stop the work
 * @throws DataError `data-too-short`, `data-gaps`, `data-missing-value`, `data-bad-cell`, `data-invalid`, `data-constant`; `interrupted`
 */
export async function cutHistory(
  training: ResolvedTraining,
  times?: ParseTimeOptions & { readonly device?: string },
  pauses: Pauses = {},
): Promise<CutHistory> {
  const { options, history, blocks, detector, settings } = training
  const borders = blocks?.borders ?? []
  const excluded = parseExclusions(options.exclude, history, times, blocks)
  // What is left out is no part of what the history held.
  const schema = blocks?.schema ?? learnSchema(without(history, excluded))
  await breathe(pauses)
  const facts = { cadenceMs: schema.cadenceMs ?? Number.NaN, borders }
  const prepared = prepareHistory(history, settings.missing, facts)
  await breathe(pauses)
  refuseShort(training)
  const issues = validHistory(prepared, options, borders)
  await breathe(pauses)
  const { parts, usable } = partsOf(training, prepared, excluded, facts)
  const between = blocks ? options.mergeGap + 1 : 1
  const holdsBack = HELD_BACK_PARTS.includes(detector)
  const learnt = holdsBack ? parts.train : { start: parts.train.start, end: parts.validation.end }
  const stretch = (of: Frame, part: Interval, apart = 1) =>
    separated(sliceFrame(of, part.start, part.end), clipSegments(usable, part), apart)
  const learning = stretch(prepared.frame, learnt, between)
  if (isConstant(learning.frame)) throw createError('data-constant', {})
  await breathe(pauses)
  const causal = prepareHistory(history, settings.missing, { ...facts, alignment: 'causal' })
  return {
    parts,
    named: holdsBack ? { ...parts } : { train: learnt, calibration: parts.calibration },
    issues,
    schema,
    learning,
    validation: stretch(prepared.frame, parts.validation),
    asCame: stretch(history, learnt, between).frame,
    calibration: {
      'two-sided': partOf(prepared, parts.calibration, excluded),
      causal: partOf(causal, parts.calibration, excluded),
      asCame: sliceFrame(history, parts.calibration.start, parts.calibration.end),
    },
    between,
    borders,
  }
}

/** Errors: `data-too-short` for a history of fewer than five windows. */
function refuseShort({ history, span, options }: ResolvedTraining): HistoryParts {
  return splitHistory(sampleCount(history), span, options.validationShare, options.calibrationShare)
}

/** The parts of a prepared history and its segments without what is excluded. Errors: `data-too-short`, `data-gaps` for a part that holds no window. */
function partsOf(
  training: ResolvedTraining,
  { segments }: Prepared,
  excluded: readonly Interval[],
  facts: Parameters<typeof prepareHistory>[2],
): { readonly parts: HistoryParts; readonly usable: readonly Interval[] } {
  const { options, history, span, settings } = training
  const parts = refuseShort(training)
  const usable = segments.flatMap(segment => segmentsWithout(segment, excluded))
  const short = shortPart(parts, usable, span, options.stride)
  if (short === undefined) return { parts, usable }
  const gap = spanningGap(history, settings.missing, maxGap => {
    const wider = prepareHistory(history, { ...settings.missing, maxGap }, facts)
    const spanned = wider.segments.flatMap(segment => segmentsWithout(segment, excluded))
    return shortPart(parts, spanned, span, options.stride) === undefined
  })
  const size = { ...short, wanted: span }
  if (gap !== undefined) throw createError('data-gaps', { ...size, window: span, gap })
  throw createError('data-too-short', { ...size, window: ` with a window of ${span}`, remedy: NEEDS_FEWER })
}

const OF_LENGTH: readonly ErrorCode[] = ['data-too-short', 'data-gaps', 'data-constant']

/**
 * Why a training would refuse a history for its length, its gaps or because nothing changes in it; undefined where it would not, or for another reason
 * before. Cost O(N C).
 *
 * Errors: those of options.
 */
export function lengthRefusal(history: Frame, options: TrainSettings): TelltaleError | undefined {
  try {
    const training = resolveTraining(history, options, undefined)
    refuseShort(training)
    const facts = { cadenceMs: learnSchema(history).cadenceMs ?? Number.NaN, borders: [] }
    const prepared = prepareHistory(history, training.settings.missing, facts)
    partsOf(training, prepared, [], facts)
    return isConstant(prepared.frame) ? createError('data-constant', {}) : undefined
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.kind === 'option') throw error
    return OF_LENGTH.includes(error.code) ? error : undefined
  }
}

/** A part of a prepared history, its segments counted from its first sample. */
function partOf(
  { frame, segments, masked }: Prepared,
  part: Interval,
  excluded: readonly Interval[],
): Prepared {
  const { start, end } = part
  const c = frame.channels.length
  const usable = segments.flatMap(segment => segmentsWithout(segment, excluded))
  return {
    frame: sliceFrame(frame, start, end),
    segments: clipSegments(usable, part),
    ...(masked && { masked: masked.subarray(start * c, end * c) }),
  }
}

/** Lengths of gaps that are tried. */
const MOST_GAPS = 24
/** What --max-gap takes at most. */
const LONGEST_GAP = 1_000_000

/** The shortest gap of the history that windows must span for `isEnough` to hold; undefined when none is. */
function spanningGap(
  history: Frame,
  { maxGap }: MissingOptions,
  isEnough: (maxGap: number) => boolean,
): number | undefined {
  const lengths = new Set(profileTimes(history).gaps.map(({ missing }) => missing))
  const longer = [...lengths]
    .filter(missing => missing > maxGap && missing <= LONGEST_GAP)
    .sort((a, b) => a - b)
  const step = Math.max(1, Math.ceil(longer.length / MOST_GAPS))
  const tried = longer.filter((_, i) => i % step === step - 1 || i === longer.length - 1)
  return tried.find(isEnough)
}

/** A part of which no window lies between gaps and what is left out, with its longest run. */
function shortPart(
  parts: HistoryParts,
  usable: readonly Interval[],
  span: number,
  stride: number,
): { readonly rows: number; readonly purpose: string } | undefined {
  for (const name of ['train', 'validation', 'calibration'] as const) {
    const stretches = clipSegments(usable, parts[name])
    if (windowStarts(stretches, span, stride).length > 0) continue
    const rows = stretches.reduce((most, { start, end }) => Math.max(most, end - start), 0)
    const purpose = `the ${name} part between gaps and excluded ranges`
    return { rows, purpose }
  }
  return undefined
}

/** A history without some intervals of it. */
function without(history: Frame, excluded: readonly Interval[]): Frame {
  if (excluded.length === 0) return history
  const c = history.channels.length
  const kept = segmentsWithout({ start: 0, end: sampleCount(history) }, excluded)
  return {
    ...history,
    timeMs: Float64Array.from(kept.flatMap(({ start, end }) => [...history.timeMs.subarray(start, end)])),
    values: Float64Array.from(
      kept.flatMap(({ start, end }) => [...history.values.subarray(start * c, end * c)]),
    ),
  }
}

function isConstant(frame: Frame): boolean {
  const c = frame.channels.length
  return frame.values.every((value, i) => Number.isNaN(value) || value === frame.values[i % c])
}
