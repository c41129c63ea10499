import { checkFrame } from '../core/check-input.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { parseKnown } from '../core/parse-options.js'
import type { Change } from './changes.js'
import { CHECKS } from './checks/index.js'
import { type Finding, type Issue, toIssue, type ValidationLevel } from './issue.js'
import { channelRanges, type ValidateOptions, validateOptions } from './options.js'
import { type ChannelProfile, profileChannels } from './profile.js'
import { frameReadings } from './readings.js'
import { repairFrame } from './repair.js'
import type { DataSchema } from './schema.js'
import { SEVERITIES } from './severity.js'
import { profileTimes, type TimeProfile } from './time-profile.js'

/** The data quality of a frame: issues found after repairs. */
export interface Health {
  /** No issue is an error. */
  readonly valid: boolean
  readonly level: ValidationLevel
  readonly samples: number
  /** Errors first, in the order of the checks otherwise. */
  readonly issues: readonly Issue[]
  readonly changes: readonly Change[]
  readonly channels: readonly ChannelProfile[]
  readonly time: TimeProfile
}

/** Context of a validation beyond its options. */
export interface ValidateContext {
  /** Check the frame as data to be scored, against the schema of the history. */
  readonly schema?: DataSchema
  /** Samples in a window, when it is known. */
  readonly window?: number
  /** Samples that do not follow on the one before them, ascending: the frame is made of blocks of a longer series. */
  readonly borders?: readonly number[]
  /** Findings from before the table was read as a frame: about the file, or text in columns. */
  readonly findings?: readonly Finding[]
}

/**
 * Validates a frame: repairs it when `fix` is on, then checks the result. Bad data never throw: every problem is an issue.
 * The frame given is never changed; the result shares its memory when nothing was repaired.
 *
 * Cost: a few passes over the values, O(N C). Errors: `option-invalid` when an option names a channel that is not there.
 *
 * @example
 * import { validateFrame } from 'telltale'
 * const timeMs = Float64Array.from({ length: 50 }, (_, i) => 60000 * i)
 * const frame = { timeMs, timeKind: 'utc', values: new Float64Array(50).fill(3), channels: ['flow'] }
 * validateFrame(frame).health.issues.map(issue => [issue.code, issue.severity, issue.channel]) // => [['channel-constant', 'warning', 'flow']]
 */
export function validateFrame(
  frame: Frame,
  options: Partial<ValidateOptions> = {},
  context: ValidateContext = {},
): { readonly frame: Frame; readonly health: Health } {
  checkFrame(frame, 'the validation')
  const settings = parseKnown(validateOptions, options, 'the validation')
  const repaired = settings.fix ? repairFrame(frame, settings) : { frame, changes: [] }
  const channels = profileChannels(repaired.frame, context.borders)
  const time = profileTimes(repaired.frame, context.borders)
  const evidence = {
    ...settings,
    ...context,
    samples: sampleCount(frame),
    readings: frameReadings(repaired.frame),
    level: settings.validationLevel,
    channels,
    time,
    ranges: channelRanges(frame.channels, settings.ranges),
  }
  const findings = [...(context.findings ?? []), ...CHECKS.flatMap(check => check(evidence))]
  const issues = gradeIssues(findings, settings.validationLevel)
  return {
    frame: repaired.frame,
    health: {
      valid: isValid(issues),
      level: settings.validationLevel,
      samples: sampleCount(frame),
      issues,
      changes: repaired.changes,
      channels,
      time,
    },
  }
}

/** Findings as issues of a level, the most severe first. */
export function gradeIssues(findings: readonly Finding[], level: ValidationLevel): Issue[] {
  const issues = findings.map(finding => toIssue(finding, level)).filter(issue => issue !== undefined)
  return SEVERITIES.flatMap(severity => issues.filter(issue => issue.severity === severity))
}

/** Whether none of the issues is an error. */
export function isValid(issues: readonly Issue[]): boolean {
  return !issues.some(({ severity }) => severity === 'error')
}

/** The data quality of a table that could not be read, from the findings so far. */
export function unreadableHealth(findings: readonly Finding[], level: ValidationLevel): Health {
  const nothing: Frame = {
    timeMs: new Float64Array(0),
    timeKind: 'index',
    values: new Float64Array(0),
    channels: [],
  }
  const issues = gradeIssues(findings, level)
  return {
    valid: isValid(issues),
    level,
    samples: 0,
    issues,
    changes: [],
    channels: [],
    time: profileTimes(nothing),
  }
}
