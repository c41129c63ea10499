import type { Frame } from '../core/frame.js'
import { unitHint } from './checks/units.js'
import type { StepCounts } from './clock.js'
import { at } from './evidence.js'
import { brief, type Finding, percent, type ValidationLevel } from './issue.js'
import type { ChannelCounts, Compared, HistoryFacts } from './monitor-counts.js'
import type { DataSchema } from './schema.js'
import { isCalendarStep, span } from './span.js'
import { REGULAR } from './time-profile.js'

/** Samples that a cadence can be read from, and readings that speak for another unit. */
const LEAST_STEPS = 10
const LEAST_READINGS = 30
/** Part of the steps that must agree on another cadence. */
const AGREED = 0.6
const AGREED_FAR = 0.3
const FAR_CADENCE = 0.5
const SAME_CADENCE = 0.05
/** Ratio to the history's median from which another unit is more likely than another state. */
const LEAST_FACTOR = 8
const MORE_MISSING = { share: 0.05, readings: 3 }
/** Largest share of copied rows, by level. */
const COPIES = { strict: 0.05, moderate: 0.1, permissive: 0.1 }

/** What was counted before and after a push. */
export interface Compare {
  readonly counts: Compared
  readonly time: StepCounts
  readonly copies: number
}

/** What is wrong with the samples of one push, which begin with sample `first`. */
export function pushFindings(
  before: Compare,
  { counts, time, copies }: Compare & { readonly counts: ChannelCounts },
  { channels, schema }: { readonly channels: readonly string[]; readonly schema: DataSchema | undefined },
  first: number,
  n: number,
): Finding[] {
  const place = { start: first, end: first + n }
  const findings: Finding[] = []
  const note = (code: Finding['code'], count: number, more?: () => Partial<Finding>) => {
    if (count > 0) findings.push({ code, count, place, ...more?.() })
  }
  note('time-unreadable', time.unreadable - before.time.unreadable)
  note('time-backwards', time.backwards - before.time.backwards)
  note('time-repeated', time.repeated - before.time.repeated)
  note('time-gaps', time.gaps - before.time.gaps, () => ({
    values: {
      missing: time.gapMissing - before.time.gapMissing,
      cadence: span(schema?.cadenceMs ?? Number.NaN),
    },
  }))
  note('rows-duplicate', copies - before.copies, () => ({
    values: { share: percent((copies - before.copies) / n) },
  }))
  for (let c = 0; c < channels.length; c++) {
    const channel = channels[c]
    const known = schema?.channels[c]
    const gone = counts.missing[c] - before.counts.missing[c]
    note('missing-here', gone, () => ({ channel, values: { share: percent(gone / n) } }))
    note('infinite-here', counts.infinite[c] - before.counts.infinite[c], () => ({ channel }))
    const far = counts.beyond[c] - before.counts.beyond[c]
    note('beyond-history', far, () => ({
      channel,
      values: { range: rangeText(known), share: percent(far / n) },
    }))
    const usual = known === undefined ? Number.POSITIVE_INFINITY : Math.max(known.longestRun, known.usualRun)
    if (counts.longest[c] > usual && before.counts.longest[c] <= usual)
      note('frozen-longer', counts.longest[c], () => ({
        channel,
        values: { value: brief(counts.longestValue[c]), usual },
      }))
  }
  return findings
}

const rangeText = (known: DataSchema['channels'][number] | undefined) =>
  `${brief(known?.min ?? Number.NaN)} to ${brief(known?.max ?? Number.NaN)}`

export function timeFindings(time: StepCounts, kind: Frame['timeKind'], cadenceMs: number): Finding[] {
  if (kind === 'index') return [{ code: 'time-absent' }]
  const counted = (code: Finding['code'], count: number, first: number): Finding[] =>
    count > 0 ? [{ code, count, place: at(first) }] : []
  const findings = [
    ...counted('time-unreadable', time.unreadable, time.firstUnreadable),
    ...counted('time-backwards', time.backwards, time.firstBackwards),
    ...counted('time-repeated', time.repeated, time.firstRepeated),
  ]
  if (!(cadenceMs > 0) || time.forward === 0 || otherCadence(time, cadenceMs) !== undefined) return findings
  const cadence = span(cadenceMs)
  const regular = time.near / time.forward
  if (regular < REGULAR && time.forward + 1 >= LEAST_STEPS)
    findings.push({ code: 'time-irregular', values: { share: percent(regular), cadence } })
  if (time.jitter > 0 && !isCalendarStep(cadenceMs, time.largestJitterMs))
    findings.push({
      code: 'time-jitter',
      count: time.jitter,
      values: { cadence, largest: span(time.largestJitterMs) },
    })
  if (time.gaps > 0)
    findings.push({
      code: 'time-gaps',
      place: { start: time.firstGap, end: time.firstGap + 2 },
      count: time.gaps,
      values: { missing: time.gapMissing, cadence },
    })
  return findings
}

/** The cadence that most steps agree on, where it is not that of the history. */
function otherCadence({ votes, majorityMs, forward }: StepCounts, cadenceMs: number): number | undefined {
  const apart = Math.abs(majorityMs / cadenceMs - 1)
  // Irregular times agree less: a step that is far from that of the history counts all the same.
  const isAgreed =
    forward + 1 >= LEAST_STEPS && votes >= (apart > FAR_CADENCE ? AGREED_FAR : AGREED) * forward
  return isAgreed && apart > SAME_CADENCE ? majorityMs : undefined
}

export function cadenceFindings(time: StepCounts, cadenceMs: number): Finding[] {
  const got = cadenceMs > 0 ? otherCadence(time, cadenceMs) : undefined
  if (got === undefined) return []
  return [{ code: 'cadence-differs', values: { got: span(got), wanted: span(cadenceMs) } }]
}

export function copyFindings(
  { copies, firstCopy, samples }: { copies: number; firstCopy: number; samples: number },
  level: ValidationLevel,
): Finding[] {
  if (copies === 0) return []
  const share = copies / samples
  const code = share > COPIES[level] ? 'rows-duplicate-many' : 'rows-duplicate'
  const values = { share: percent(share), limit: percent(COPIES[level]) }
  return [{ code, place: at(firstCopy), count: copies, values }]
}

/** What the channels of the whole series show against the history. */
export function channelFindings(
  counts: ChannelCounts,
  facts: HistoryFacts,
  schema: DataSchema,
  channels: readonly string[],
  samples: number,
): Finding[] {
  return channels.flatMap((channel, c): Finding[] => {
    const known = schema.channels[c]
    const found: Finding[] = []
    const missing = samples - counts.readings[c]
    const share = samples === 0 ? 0 : missing / samples
    if (missing >= MORE_MISSING.readings && share > known.missingShare + MORE_MISSING.share) {
      const values = { share: percent(share), usual: percent(known.missingShare) }
      found.push({ code: 'missing-more', channel, place: at(counts.firstMissing[c]), count: missing, values })
    }
    if (counts.beyond[c] > 0) {
      const values = { share: percent(counts.beyond[c] / counts.readings[c]), range: rangeText(known) }
      const place = at(counts.firstBeyond[c])
      found.push({ code: 'beyond-history', channel, place, count: counts.beyond[c], values })
    }
    const factor = counts.ratio[c] / counts.readings[c]
    const outside = Math.max(counts.above[c], counts.below[c]) / counts.readings[c]
    const isOther =
      (Number.isFinite(factor) && factor >= LEAST_FACTOR) || (factor > 0 && factor <= 1 / LEAST_FACTOR)
    if (counts.readings[c] >= LEAST_READINGS && outside > 0.5 && isOther)
      found.push({
        code: 'scale-differs',
        channel,
        values: { factor: brief(factor), unit: unitHint(factor) },
      })
    const usual = facts.usualRun[c]
    if (counts.longest[c] > usual) {
      const place = { start: counts.longestEnd[c] - counts.longest[c], end: counts.longestEnd[c] }
      const values = { value: brief(counts.longestValue[c]), usual }
      found.push({ code: 'frozen-longer', channel, place, count: counts.longest[c], values })
    }
    return found
  })
}
