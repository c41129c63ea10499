import { ofKind } from './entry.js'

/** A mistake in telltale itself. */
export const BUG_ERRORS = ofKind('bug', {
  bug: {
    message: 'internal error: {reason}',
    remedy: 'Please report it with the command and the output of --debug.',
  },
})
