import type { IssueCode } from '../catalogue.js'
import { at, type Check } from '../evidence.js'
import type { Finding } from '../issue.js'
import { percent } from '../issue.js'
import { isCalendarStep, span } from '../span.js'
import { aroundGap, type Disorder, REGULAR } from '../time-profile.js'

/** Times that are unreadable, go backwards or repeat: later samples cannot change this. */
export function disorderFindings(time: Disorder): Finding[] {
  const counted = (code: IssueCode, count: number, first: number): Finding[] =>
    count > 0 ? [{ code, count, place: at(first) }] : []
  return [
    ...counted('time-unreadable', time.unreadable, time.firstUnreadable),
    ...counted('time-backwards', time.backwards, time.firstBackwards),
    ...counted('time-repeated', time.repeated, time.firstRepeated),
  ]
}

/** Order, cadence and gaps of the time stamps. */
export const checkTimes: Check = ({ samples, time }) => {
  if (samples === 0) return []
  if (time.kind === 'index') return [{ code: 'time-absent' }]
  const findings = disorderFindings(time)
  const cadence = span(time.cadenceMs)
  if (time.regularShare < REGULAR) {
    const share = percent(time.regularShare)
    findings.push({ code: 'time-irregular', values: { share, cadence } })
  } else {
    if (time.jitter > 0 && !isCalendarStep(time.cadenceMs, time.largestJitterMs))
      findings.push({
        code: 'time-jitter',
        count: time.jitter,
        values: { cadence, largest: span(time.largestJitterMs) },
      })
    if (time.gapCount > 0) {
      const place = aroundGap(time.gaps[0])
      const values = { missing: time.gapMissing, cadence }
      findings.push({ code: 'time-gaps', place, count: time.gapCount, values })
    }
  }
  return findings
}
