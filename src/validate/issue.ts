import { filledText } from '../core/counted.js'
import type { Interval } from '../core/frame.js'
import { ISSUE_CATALOGUE, type IssueCode } from './catalogue.js'
import type { Severity } from './severity.js'

/** Strictness of a validation: strict for a history that must be clean, permissive for a first look. */
export const VALIDATION_LEVELS = ['strict', 'moderate', 'permissive'] as const
export type ValidationLevel = (typeof VALIDATION_LEVELS)[number]

/** Something that a check found in the data, after repairs. */
export interface Issue {
  readonly code: IssueCode
  readonly severity: Severity
  /** Absent when the whole table is meant. */
  readonly channel?: string
  /** The first place: a half-open range of samples. */
  readonly place?: Interval
  /** How many cells, samples or columns are concerned. */
  readonly count: number
  readonly message: string
  readonly remedy: string
}

/** Result of a check: the facts, without severity and texts. */
export interface Finding {
  readonly code: IssueCode
  readonly channel?: string
  readonly place?: Interval
  /** Default 1. */
  readonly count?: number
  /** Values of the placeholders of the message and of the remedy. */
  readonly values?: Readonly<Record<string, string | number>>
}

/** The issue of a finding at a level, or undefined where the level ignores it. */
export function toIssue(finding: Finding, level: ValidationLevel): Issue | undefined {
  const { code, count = 1, values = {}, ...where } = finding
  const entry = ISSUE_CATALOGUE[code]
  const severity = entry.severity[VALIDATION_LEVELS.indexOf(level)]
  if (severity === null) return undefined
  const all: Readonly<Record<string, string | number>> = { count, ...values }
  const filled = (text: string) => filledText(text, name => all[name])
  return { code, severity, ...where, count, message: filled(entry.message), remedy: filled(entry.remedy) }
}

/** Warnings and errors, each as a line with its channel. */
export function issueLines(issues: readonly Issue[]): string[] {
  return issues
    .filter(({ severity }) => severity !== 'info')
    .map(({ channel, message }) => (channel === undefined ? message : `${channel}: ${message}`))
}

/** At most four significant digits: for messages. */
export function brief(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** A share as a percentage that never rounds something down to nothing. */
export function percent(share: number): string {
  const rounded = (share * 100).toPrecision(2)
  return `${Number(rounded)} %`
}
