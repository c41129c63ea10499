import { at, type Check } from '../evidence.js'
import type { Finding } from '../issue.js'
import { percent } from '../issue.js'
import { span } from '../span.js'
import { aroundGap, REGULAR } from '../time-profile.js'

/** Order, cadence and gaps of the time stamps. */
export const checkTimes: Check = ({ frame, time }) => {
  if (frame.timeMs.length === 0) return []
  if (time.kind === 'index') return [{ code: 'time-absent' }]
  const findings: Finding[] = []
  const note = (
    code: 'time-unreadable' | 'time-backwards' | 'time-repeated',
    count: number,
    first: number,
  ) => {
    if (count > 0) findings.push({ code, count, place: at(first) })
  }
  note('time-unreadable', time.unreadable, time.firstUnreadable)
  note('time-backwards', time.backwards, time.firstBackwards)
  note('time-repeated', time.repeated, time.firstRepeated)
  const cadence = span(time.cadenceMs)
  if (time.regularShare < REGULAR) {
    const share = percent(time.regularShare)
    findings.push({ code: 'time-irregular', values: { share, cadence } })
  } else {
    if (time.jitter > 0)
      findings.push({
        code: 'time-jitter',
        count: time.jitter,
        values: { cadence, largest: span(time.largestJitterMs) },
      })
    if (time.gaps.length > 0) {
      const missing = time.gaps.reduce((sum, gap) => sum + gap.missing, 0)
      const place = aroundGap(time.gaps[0])
      findings.push({ code: 'time-gaps', place, count: time.gaps.length, values: { missing, cadence } })
    }
  }
  return findings
}
