import { createError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'
import { shellWord } from '../core/shell-word.js'
import type { StreamCounts } from '../live/index.js'
import type { StreamHints } from './stream-source.js'

/** Why messages that are no fault have no score: they were scored before, or their samples wait for more. */
const NO_FAULTS = new Set(['late', 'duplicate'])

/**
 * Refuses a stream that ended and scored none of its messages, because none could be read, or none had the channels that the model needs. One without
 * messages, one whose messages were scored before, and one that is still in its warm-up are in order.
 *
 * Errors: `stream-unscored`.
 *
 * @param hints what the messages showed
 * @param before the counts when the stream was opened: with a state they continue
 */
export function checkScored(
  source: string,
  before: StreamCounts,
  after: StreamCounts,
  { option, unseen = () => [] }: StreamHints = {},
): void {
  const received = after.received - before.received
  if (received === 0 || after.scored > before.scored) return
  const refused = increase(before.refused, after.refused)
  const unscored = increase(before.unscored, after.unscored)
  const isUnread = after.taken === before.taken && !refused.some(([reason]) => NO_FAULTS.has(reason))
  const isUnknown = unscored.length > 0 && unscored.every(([reason]) => reason === 'missing')
  if (!isUnread && !isUnknown) return
  const counts = [...refused, ...unscored].map(([reason, count]) => `${reason} ${count}`)
  const verdict =
    received === 1 ? 'its message was not scored' : `none of its ${received} messages was scored`
  throw createError('stream-unscored', {
    source,
    unscored: verdict,
    reason: counts.join(', '),
    help: option === undefined ? helpOf(refused.length > 0, isUnknown, unseen()) : `Add ${option}`,
  })
}

/** What helps where no option is known to. */
function helpOf(isRefused: boolean, isUnknown: boolean, unseen: readonly string[]): string {
  const notes = 'The notes above name the first message of each reason and what helps'
  if (!isUnknown) return notes
  const readings =
    unseen.length > 0
      ? `No message held a number of ${listNames(unseen, 8)}, which the model reads: send it, or name its field with --map ${shellWord(`${unseen[0]}=FIELD`)}`
      : 'No sample had a reading of each channel: --max-age 1m lets the last reading of a channel stand in for a minute'
  return isRefused ? `${readings}. ${notes}` : readings
}

function increase(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) {
  return Object.entries(after)
    .map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const)
    .filter(([, count]) => count > 0)
}
