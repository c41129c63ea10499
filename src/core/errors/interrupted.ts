import { ofKind } from './entry.js'

/** The user stopped the work. */
export const INTERRUPTED_ERRORS = ofKind('interrupted', {
  interrupted: {
    message: '{what} was interrupted',
    remedy: 'Run the same command again. No partial file was left behind.',
  },
})
