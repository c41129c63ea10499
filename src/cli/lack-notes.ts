import { REASONS } from '../core/contracts.js'
import { listNames } from '../core/list-names.js'
import { shellWord } from '../core/shell-word.js'
import type { LiveOutput } from '../emit/index.js'

/** Samples without a score, one after the other, that are more than a gap. */
const ENOUGH_LACKING = 10
/** Devices that are named: with more it is the rule. */
const MOST_NAMED = 8
const MISSING = REASONS.indexOf('missing')

/**
 * Notes of the devices whose samples are not scored because they lack readings, each device once, with the columns that all of these samples lack. Cost per
 * sample that lacks readings: O(channels).
 *
 * @param columnOf the column of messages that a channel comes from
 */
export function createLackNotes(
  note: (text: string) => void,
  columnOf: (channel: string) => string = channel => channel,
): (outputs: readonly LiveOutput[]) => void {
  /** What the newest samples of a device lack, one after the other. */
  const lacking = new Map<string, { samples: number; channels: readonly string[] }>()
  const named = new Set<string>()
  const look = (device: string, scored: NonNullable<LiveOutput['scored']>) => {
    const { frame, reason } = scored
    const width = frame.channels.length
    for (let i = 0; i < reason.length && !named.has(device); i++) {
      if (reason[i] !== MISSING) {
        if (reason[i] === 0) lacking.delete(device)
        continue
      }
      const { samples, channels } = lacking.get(device) ?? { samples: 0, channels: frame.channels }
      const lacks = channels.filter(name =>
        Number.isNaN(frame.values[i * width + frame.channels.indexOf(name)]),
      )
      lacking.set(device, { samples: samples + 1, channels: lacks })
      if (samples + 1 < ENOUGH_LACKING) continue
      named.add(device)
      lacking.delete(device)
      note(lackText(device, [...new Set(lacks.map(columnOf))], named.size === MOST_NAMED))
    }
  }
  return outputs => {
    for (const { device, scored } of outputs) if (scored && named.size < MOST_NAMED) look(device, scored)
  }
}

function lackText(device: string, lacks: readonly string[], isLast: boolean): string {
  const what =
    lacks.length === 0
      ? 'each lacks readings of other channels: --max-age 1m lets the last reading of a channel stand in for a minute'
      : `all lack readings of ${listNames(lacks, 8)}: send them, or name their fields with --map ${shellWord(`${lacks[0]}=FIELD`)}`
  return `${ENOUGH_LACKING} samples${device === '' ? '' : ` of device ${device}`}, one after the other, are not scored: ${what}${isLast ? '; more devices are not named' : ''}`
}
