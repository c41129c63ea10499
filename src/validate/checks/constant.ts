import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'

/** A constant channel. In a short table to be scored this is no issue. */
export const checkConstant = perChannel(({ min, max, tally }, _, { schema }) =>
  min === max && tally.count > 1 && !schema
    ? { code: 'channel-constant', count: tally.count, values: { value: brief(min) } }
    : undefined,
)
