import { type Frame, sampleCount } from '../core/frame.js'
import { reachOf } from './checks/history.js'
import { CHECKS } from './checks/index.js'
import { disorderFindings } from './checks/times.js'
import type { Issue, ValidationLevel } from './issue.js'
import { readingsOnline } from './readings-online.js'
import type { DataSchema } from './schema.js'
import { profileTimesOnline } from './times-online.js'
import { judge } from './validate.js'

export interface OnlineValidation {
  /** Takes the next samples; returns the errors that later samples cannot revoke. */
  push(frame: Frame): Issue[]
  /** The series has ended: the issues of `validateFrame` on the whole. */
  finish(): Issue[]
}

/**
 * Validates data to be scored that come in parts, against the schema of the history of a model: the issues of `validateFrame` with the same
 * schema. Beyond 4096 samples three things are approximate: the place of a `scale-jump`, a count of `spikes` whose size is within 0.4 % of the
 * limit, and copies of rows that are not next to each other in time. Memory O(C), cost O(C) per sample.
 *
 * @param channels of the frames and of the schema, in one order
 */
export function validateOnline(
  channels: readonly string[],
  timeKind: Frame['timeKind'],
  schema: DataSchema,
  level: ValidationLevel,
): OnlineValidation {
  const known = channels.map(name => schema.channels.find(channel => channel.name === name))
  const seen = readingsOnline(
    channels,
    known.map(channel => channel && reachOf(channel)),
  )
  const times = profileTimesOnline(timeKind)
  let samples = 0
  return {
    push(frame) {
      samples += sampleCount(frame)
      seen.push(frame)
      times.push(frame.timeMs)
      return judge(disorderFindings(times.disorder()), level).filter(({ severity }) => severity === 'error')
    },
    finish() {
      const evidence = {
        ...seen.finish(),
        time: times.profile(),
        samples,
        level,
        schema,
        ranges: channels.map(() => undefined),
        expectedColumns: [],
        maxGap: 0,
      }
      return judge(
        CHECKS.flatMap(check => check(evidence)),
        level,
      )
    },
  }
}
