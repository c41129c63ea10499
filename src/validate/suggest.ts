import { type Frame, sampleCount } from '../core/frame.js'
import { dominantPeriod, type Period } from '../window/index.js'
import type { IssueCode } from './catalogue.js'
import { LEAST_WINDOWS } from './checks/windows.js'
import type { MissingPolicy } from './options.js'
import type { Health } from './validate.js'

/** Suggested training options, derived from the data. */
export interface Suggestion {
  readonly window: number
  /** The rhythm that the window follows; absent when nothing repeats. */
  readonly period?: Period
  /** Absent when nothing is missing. */
  readonly missing?: MissingPolicy
  /** Absent when the rows are in order. */
  readonly lateRows?: 'sort'
  /** Channels to exclude, each with the code of the issue that gives the reason. */
  readonly leaveOut: readonly { readonly channel: string; readonly why: IssueCode }[]
}

/** Issues that exclude a channel. A constant channel stays: a later change of it is visible. */
const HARMFUL: readonly IssueCode[] = [
  'channel-dead',
  'column-text',
  'missing-many',
  'counter-reset',
  'counter-growing',
  'channels-equal',
]
const USUAL_WINDOW = 30
/** Smaller windows carry too little information, larger ones cost more than they add. */
const SHORTEST = 8
const LONGEST = 300

/** Suggests a window of about one cycle, a policy for missing readings and the channels to leave out. Cost: see `dominantPeriod`. */
export function suggest(frame: Frame, { issues }: Health): Suggestion {
  const leaveOut = issues.flatMap(({ code, channel }) =>
    channel !== undefined && HARMFUL.includes(code) ? [{ channel, why: code }] : [],
  )
  const unique = leaveOut.filter(
    ({ channel }, i) => leaveOut.findIndex(other => other.channel === channel) === i,
  )
  const period = dominantPeriod(frame)
  const has = (...codes: IssueCode[]) => issues.some(({ code }) => codes.includes(code))
  return {
    window: windowFor(period, sampleCount(frame)),
    period,
    ...(has('missing-some', 'missing-refused') && { missing: 'linear' }),
    ...(has('rows-late') && { lateRows: 'sort' }),
    leaveOut: unique,
  }
}

function windowFor(period: Period | undefined, n: number): number {
  const most = Math.max(1, Math.min(LONGEST, Math.floor(n / LEAST_WINDOWS)))
  if (period === undefined) return Math.min(USUAL_WINDOW, most)
  const cycles = Math.max(1, Math.ceil(SHORTEST / period.samples))
  const whole = cycles * period.samples
  return whole <= most ? whole : Math.min(USUAL_WINDOW, most)
}
