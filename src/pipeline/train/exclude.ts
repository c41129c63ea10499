import { createError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../../core/frame.js'
import { type ParseTimeOptions, parseTime } from '../../core/parse-time.js'
import { type HistoryBlocks, placeInBlocks } from './blocks.js'

/**
 * The intervals of a history that the user wants left out: `A:B` in samples, or `FROM..TO` in times as `parseTime` reads them,
 * several with commas between. Both are half-open, and either side may be empty.
 *
 * @param blocks of a longer history, of which `frame` is all that is kept: samples are counted in that, and a range may hold none that was kept
 * @param times how a time is read that names no zone or leaves its order open
 * @throws OptionError `option-invalid`
 */
export function parseExclusions(
  text: string | undefined,
  frame: Frame,
  times: ParseTimeOptions = {},
  blocks?: HistoryBlocks,
): Interval[] {
  if (text === undefined) return []
  return parseRanges(text, frame, { ...times, name: '--exclude' }, blocks).filter(
    ({ start, end }) => end > start,
  )
}

/** The same for ranges that another option gives; errors name it. */
export function parseRanges(
  text: string,
  frame: Frame,
  times: ParseTimeOptions & { readonly name: string },
  blocks?: HistoryBlocks,
): Interval[] {
  const refuse = (got: string, wanted: string) =>
    createError('option-invalid', {
      name: times.name,
      got: got.trim(),
      where: times.place ?? 'the command',
      wanted,
    })
  const samples = blocks?.whole.samples ?? sampleCount(frame)
  const placeOf = (sample: number) => (blocks ? placeInBlocks(blocks, sample) : sample)
  return text.split(',').map(range => {
    const trimmed = range.trim()
    const rows = /^(\d{0,15}):(\d{0,15})$/.exec(trimmed)
    const dots = trimmed.indexOf('..')
    const span = [trimmed.slice(0, dots).trim(), trimmed.slice(dots + 2).trim()]
    const interval =
      rows !== null
        ? { start: placeOf(Number(rows[1])), end: placeOf(rows[2] === '' ? samples : Number(rows[2])) }
        : dots >= 0
          ? {
              start: sampleAt(span[0], 0, frame, times, reason => refuse(range, reason)),
              end: sampleAt(span[1], sampleCount(frame), frame, times, reason => refuse(range, reason)),
            }
          : undefined
    const isEmpty = interval !== undefined && interval.end <= interval.start
    if (interval !== undefined && (!isEmpty || blocks)) return interval
    throw refuse(
      range,
      interval === undefined ? 'it must be A:B or FROM..TO' : emptyReason(rows, span, frame, times),
    )
  })
}

/** Why a range holds no sample: its ends are the wrong way round, or it lies outside of the data or in a gap of them. */
function emptyReason(
  rows: RegExpExecArray | null,
  [from, to]: readonly string[],
  frame: Frame,
  times: ParseTimeOptions,
): string {
  const isReversed =
    rows !== null
      ? rows[2] !== '' && Number(rows[2]) <= Number(rows[1])
      : from !== '' && to !== '' && parseTime(to, times) <= parseTime(from, times)
  if (isReversed) return 'its end must be after its start'
  const samples = sampleCount(frame)
  const shown = (ms: number) => new Date(ms).toISOString().replace('.000', '')
  const span =
    frame.timeKind === 'index' || rows !== null
      ? `are the samples 0 to ${samples}`
      : `are from ${shown(frame.timeMs[0])} to ${shown(frame.timeMs[samples - 1])}`
  return `it holds no sample of the data, which ${span}`
}

/** First sample at or after the time; times do not go back. Cost O(log N). */
function sampleAt(
  text: string,
  whenEmpty: number,
  frame: Frame,
  times: ParseTimeOptions,
  refuse: (wanted: string) => Error,
): number {
  if (text === '') return whenEmpty
  if (frame.timeKind === 'index')
    throw refuse('the history has no times, so a range of samples A:B is expected')
  const time = parseTime(text, times)
  let [low, high] = [0, sampleCount(frame)]
  while (low < high) {
    const middle = (low + high) >> 1
    if (frame.timeMs[middle] >= time) high = middle
    else low = middle + 1
  }
  return low
}
