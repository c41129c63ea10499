import { counted } from '../../core/counted.js'
import { matches } from '../../core/device-pattern.js'
import { createError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../../core/frame.js'
import { type ParseTimeOptions, parseTime } from '../../core/parse-time.js'
import { type HistoryBlocks, placeInBlocks } from './blocks.js'

/**
 * The intervals of a history that the user wants left out: `A:B` in samples, or `FROM..TO` in times as `parseTime` reads them,
 * several with commas between. Both are half-open, and either side may be empty. `pump-*=` before one names the devices that it is for.
 *
 * @param blocks of a longer history, of which `frame` is all that is kept: samples are counted in that, and a range may hold none that was kept
 * @param times how a time is read that names no zone or leaves its order open
 * @throws OptionError `option-invalid`
 */
export function parseExclusions(
  text: string | undefined,
  frame: Frame,
  { device, ...times }: ParseTimeOptions & { readonly device?: string } = {},
  blocks?: HistoryBlocks,
): Interval[] {
  const own = text === undefined ? '' : exclusionsOf(text, device).join()
  if (own === '') return []
  return parseRanges(own, frame, { ...times, name: '--exclude' }, blocks).filter(
    ({ start, end }) => end > start,
  )
}

/** Refuses ranges that are none for any history. Errors: those of `parseExclusions`. */
export function checkExclusions(text: string, times: ParseTimeOptions): void {
  for (const { range } of text.split(',').map(exclusion)) {
    const span = spanOf(range)
    if (span === undefined && !ROWS.test(range.trim())) throw refused('--exclude', range, times, NO_RANGE)
    for (const end of span ?? []) if (end !== '') parseTime(end, { ...times, name: '--exclude' })
  }
}

const ROWS = /^(\d{0,15}):(\d{0,15})$/
const NO_RANGE = 'it must be A:B or FROM..TO'

/** Both ends of `FROM..TO`. */
function spanOf(range: string): [string, string] | undefined {
  const dots = range.indexOf('..')
  return dots < 0 ? undefined : [range.slice(0, dots).trim(), range.slice(dots + 2).trim()]
}

const refused = (name: string, got: string, times: ParseTimeOptions, wanted: string) =>
  createError('option-invalid', { name, got: got.trim(), where: times.place ?? 'the command', wanted })

/** The ranges that hold for a device: those without a name, and those of its name or of a pattern of it. */
function exclusionsOf(text: string, device: string | undefined): string[] {
  return text.split(',').flatMap(part => {
    const { pattern, range } = exclusion(part)
    if (pattern === undefined) return [range]
    if (device === undefined) {
      const wanted = `it names the device ${pattern}, but the table has no devices: --group-by COLUMN says which column names them`
      throw createError('option-invalid', {
        name: '--exclude',
        got: part.trim(),
        where: 'the command',
        wanted,
      })
    }
    return matches(pattern, device) ? [range] : []
  })
}

/** `pump-1=A:B` as the pattern of devices and the range. */
function exclusion(part: string): { readonly pattern?: string; readonly range: string } {
  const at = part.lastIndexOf('=')
  return at < 1 ? { range: part } : { pattern: part.slice(0, at).trim(), range: part.slice(at + 1) }
}

/** What to say of the exclusions of a fleet: which hold for all devices, and which for none. */
export function exclusionNotes(text: string | undefined, devices: readonly string[]): string[] {
  if (text === undefined || devices.length === 0) return []
  const parts = text.split(',').map(exclusion)
  const common = parts.filter(({ pattern }) => pattern === undefined).map(({ range }) => range.trim())
  const unused = parts.flatMap(({ pattern }) =>
    pattern === undefined || devices.some(device => matches(pattern, device)) ? [] : [pattern],
  )
  return [
    ...(common.length > 0 && devices.length > 1
      ? [
          `--exclude ${common.join()} holds for all ${counted(devices.length, 'device')}; DEVICE=${common[0]} is for one of them`,
        ]
      : []),
    ...unused.map(pattern => `--exclude names ${pattern}, which is none of the devices`),
  ]
}

/** Ranges as --exclude takes them, for one device where there are several; a comma in its name stands for any characters. */
export function rangesFor(ranges: readonly string[], device: string | undefined): string {
  return ranges
    .map(range => (device === undefined ? range : `${device.replaceAll(',', '*')}=${range}`))
    .join()
}

/** The same for ranges that another option gives; errors name it. */
export function parseRanges(
  text: string,
  frame: Frame,
  times: ParseTimeOptions & { readonly name: string },
  blocks?: HistoryBlocks,
): Interval[] {
  const refuse = (got: string, wanted: string) => refused(times.name, got, times, wanted)
  const samples = blocks?.whole.samples ?? sampleCount(frame)
  const placeOf = (sample: number) => (blocks ? placeInBlocks(blocks, sample) : sample)
  return text.split(',').map(range => {
    const trimmed = range.trim()
    const rows = ROWS.exec(trimmed)
    const span = spanOf(trimmed)
    const interval =
      rows !== null
        ? { start: placeOf(Number(rows[1])), end: placeOf(rows[2] === '' ? samples : Number(rows[2])) }
        : span !== undefined
          ? {
              start: sampleAt(span[0], 0, frame, times, reason => refuse(range, reason)),
              end: sampleAt(span[1], sampleCount(frame), frame, times, reason => refuse(range, reason)),
            }
          : undefined
    const isEmpty = interval !== undefined && interval.end <= interval.start
    if (interval !== undefined && (!isEmpty || blocks)) return interval
    throw refuse(range, interval === undefined ? NO_RANGE : emptyReason(rows, span ?? [], frame, times))
  })
}

/** Why a range holds no sample: its ends are the wrong way round, or it lies outside of the data or in a gap of them. */
function emptyReason(
  rows: RegExpExecArray | null,
  [from = '', to = '']: readonly string[],
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
