import { z } from 'zod'
import { option, positiveInteger } from '../core/options.js'
import { WATCH_METHODS } from '../drift/index.js'

/** The options by which a session watches for drift. */
export const watchOptions = {
  watchDrift: option(
    z.array(z.string().min(1)).min(1).readonly().optional(),
    'Watch for drift while samples are scored: score, names of channels, or both. A change raises an event of drift. Default: nothing is watched.',
    { value: 'LIST' },
  ),
  watchMethod: option(
    z.enum(WATCH_METHODS).optional(),
    'Test for drift: page-hinkley and adwin find a change of the mean, kswin one of the distribution. Default: page-hinkley.',
  ),
  watchRunLength: option(
    z.number().min(100).max(1e7).optional(),
    'Average run length: independent values between two false alarms of drift, of all that is watched together. With a larger one drift is found later, and false alarms are rarer. Default: 10000.',
    { value: 'N' },
  ),
  watchBlock: option(
    positiveInteger().max(10_000_000).optional(),
    'Samples that are averaged to one value of the test for drift. Default: as many as are needed for independent values, by the autocorrelation of the history.',
    { value: 'N' },
  ),
  watchCoolDown: option(
    positiveInteger().optional(),
    'Samples without another change after which a drift is over; a change before that belongs to the same drift. Default: those of a day, without a cadence 10000.',
    { value: 'N' },
  ),
} as const
