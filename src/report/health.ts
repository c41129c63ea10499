import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { CHANGE_KINDS, type Health, type Issue, type Severity, type Suggestion } from '../validate/index.js'
import { type Envelope, envelope } from './envelope.js'
import { configYaml } from './suggestion.js'
import { formatInstant, formatNumber, formatPercent } from './units.js'

/** A validation of a table, ready to be shown. */
export interface HealthReport {
  readonly file: string
  readonly frame: Frame
  readonly health: Health
  readonly timeColumn?: string
  readonly suggestion?: Suggestion
  /** Options that the table was read with, by their keys in a configuration: the suggestion keeps them. */
  readonly reading?: Readonly<Record<string, unknown>>
}

/** The content of every form of the report, as plain text cells. */
export interface HealthView {
  readonly title: string
  readonly valid: boolean
  readonly verdict: string
  readonly counts: Readonly<Record<Severity, number>>
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly issues: readonly {
    readonly severity: Severity
    readonly code: string
    readonly channel: string
    readonly place: string
    readonly message: string
    readonly remedy: string
  }[]
  readonly changes: readonly string[]
  readonly channels: readonly ChannelRow[]
  readonly gaps: readonly { readonly from: string; readonly to: string; readonly missing: number }[]
  /** Shorter gaps, beyond those listed. */
  readonly moreGaps: number
  /** YAML, absent without a suggestion. */
  readonly config?: string
}

export interface ChannelRow {
  readonly name: string
  readonly missing: string
  readonly min: string
  readonly median: string
  readonly max: string
  readonly sd: string
  readonly longestRun: number
  readonly worst: Severity | undefined
  readonly outline: readonly (number | null)[]
  readonly envelope: Envelope
  /** Codes of its issues, most severe first. */
  readonly problems: readonly string[]
  readonly marks: readonly Mark[]
}

/** Where an issue begins, and ends as far as it is known, as parts of the series from 0 to 1. */
export interface Mark {
  readonly from: number
  readonly to: number
  readonly severity: Severity
  readonly code: string
  /** Of the whole table, such as a gap: seen in every channel. */
  readonly isShared: boolean
}

const MOST_GAPS = 20

/** The longest gaps, in the order of time. */
function longestGaps<T extends { readonly fromMs: number; readonly missing: number }>(
  gaps: readonly T[],
): T[] {
  return [...gaps]
    .sort((a, b) => b.missing - a.missing || a.fromMs - b.fromMs)
    .slice(0, MOST_GAPS)
    .sort((a, b) => a.fromMs - b.fromMs)
}

/** Intervals of a picture. */
const PICTURE_PARTS = 180

/** The facts of a validation as texts of a report. */
export function viewHealth({
  file,
  frame,
  health,
  timeColumn,
  suggestion,
  reading,
}: HealthReport): HealthView {
  const { issues, valid, level, time } = health
  const count = (severity: Severity) => issues.filter(issue => issue.severity === severity).length
  const counts = { error: count('error'), warning: count('warning'), info: count('info') }
  const instant = (at: number) => (Number.isFinite(at) ? formatInstant(at, time.kind) : '-')
  return {
    title: file,
    valid,
    verdict: `${valid ? 'valid' : 'not valid'} at level ${level}: ${counted(counts.error, 'error')}, ${counted(counts.warning, 'warning')}`,
    counts,
    facts: [
      ['samples', String(health.samples)],
      ['channels', String(frame.channels.length)],
      ...(sampleCount(frame) === 0
        ? []
        : ([
            ['time', time.kind === 'utc' ? (timeColumn ?? 'given') : 'none: samples are numbered'],
            ['from', instant(time.from)],
            ['to', instant(time.to)],
          ] as const)),
      ...(time.cadenceMs > 0
        ? ([
            [
              'cadence',
              `${formatDuration(time.cadenceMs)} (${formatPercent(time.regularShare)} of the steps)`,
            ],
          ] as const)
        : []),
      ...(time.gaps.length > 0 ? ([['gaps', String(time.gaps.length)]] as const) : []),
    ],
    issues: issues.map(({ severity, code, channel = '', place, message, remedy }) => ({
      severity,
      code,
      channel,
      place: place ? placeText(frame, place) : '',
      message,
      remedy,
    })),
    changes: health.changes.map(
      ({ kind, channel, count: n, place }) =>
        `${channel}: ${CHANGE_KINDS[kind]}: ${n}, first at ${placeText(frame, place)}`,
    ),
    channels: health.channels.map(
      ({ name, missingShare, min, quartiles, max, sd, longestRun, outline }, c) => ({
        name,
        missing: missingShare === 0 ? '0' : formatPercent(missingShare),
        min: formatNumber(min, digitsOf(min, max)),
        median: formatNumber(quartiles[1], digitsOf(min, max)),
        max: formatNumber(max, digitsOf(min, max)),
        sd: formatNumber(sd),
        longestRun: longestRun.end - longestRun.start,
        worst: issues.find(issue => issue.channel === name)?.severity,
        outline,
        envelope: envelope(frame, c, PICTURE_PARTS),
        problems: [...new Set(issues.filter(issue => issue.channel === name).map(({ code }) => code))],
        marks: marksOf(
          issues.filter(({ channel }) => channel === name || channel === undefined),
          sampleCount(frame),
        ),
      }),
    ),
    gaps: longestGaps(time.gaps).map(({ fromMs, toMs, missing }) => ({
      from: instant(fromMs),
      to: instant(toMs),
      missing,
    })),
    moreGaps: Math.max(0, time.gaps.length - MOST_GAPS),
    ...(suggestion && { config: configYaml(suggestion, { timeColumn, cadenceMs: time.cadenceMs, reading }) }),
  }
}

/** Significant digits that distinguish the readings of a channel: two more than its range needs, 4 to 9. */
function digitsOf(min: number, max: number): number {
  const ratio = Math.max(Math.abs(min), Math.abs(max)) / (max - min)
  return Number.isFinite(ratio) && ratio > 0 ? Math.min(9, Math.max(4, Math.ceil(Math.log10(ratio)) + 2)) : 4
}

function marksOf(issues: readonly Issue[], samples: number): Mark[] {
  return issues.flatMap(({ place, severity, code, channel }) => {
    if (place === undefined || samples === 0) return []
    const { start, end } = place
    return [{ from: start / samples, to: end / samples, severity, code, isShared: channel === undefined }]
  })
}

/** Sample number and time of a place, both of its ends when it is longer than a sample or two. */
function placeText(frame: Frame, { start, end }: Interval): string {
  const samples = end - start > 2 ? `samples ${start} to ${end - 1}` : `sample ${start}`
  return frame.timeKind === 'utc' && Number.isFinite(frame.timeMs[start])
    ? `${samples}, ${formatInstant(frame.timeMs[start], 'utc')}`
    : samples
}
