import type { HealthReport } from './health.js'
import { configYaml } from './suggestion.js'
import { formatInstant } from './units.js'

/** A health report for programs: plain JSON, where a number that is not there is null. */
export function healthJson({ file, frame, health, timeColumn, suggestion, reading }: HealthReport): object {
  const { valid, level, samples, issues, changes, channels, time } = health
  const instant = (at: number) =>
    !Number.isFinite(at) ? null : time.kind === 'utc' ? formatInstant(at, 'utc') : at
  return {
    file,
    valid,
    level,
    samples,
    channelNames: frame.channels,
    time: {
      kind: time.kind,
      column: timeColumn ?? null,
      from: instant(time.from),
      to: instant(time.to),
      cadenceMs: Number.isFinite(time.cadenceMs) ? time.cadenceMs : null,
      regularShare: time.regularShare,
      gaps: time.gaps.map(({ before, fromMs, toMs, missing }) => ({
        before,
        from: instant(fromMs),
        to: instant(toMs),
        missing,
      })),
    },
    issues: issues.map(issue => ({
      ...issue,
      channel: issue.channel ?? null,
      place: issue.place ?? null,
      from: issue.place ? instant(frame.timeMs[issue.place.start]) : null,
    })),
    changes,
    channels: channels.map(({ tally: _, outline: __, ...profile }) => profile),
    suggestion: suggestion
      ? { ...suggestion, config: configYaml(suggestion, { timeColumn, cadenceMs: time.cadenceMs, reading }) }
      : null,
  }
}
