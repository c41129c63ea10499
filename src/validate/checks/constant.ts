import { perChannel } from '../evidence.js'
import { brief } from '../issue.js'

/** A channel that never moved. A short table to be scored may well stand still. */
export const checkConstant = perChannel(({ min, max, tally }, _, { schema }) =>
  min === max && tally.count > 1 && !schema
    ? { code: 'channel-constant', count: tally.count, values: { value: brief(min) } }
    : undefined,
)
