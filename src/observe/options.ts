import { z } from 'zod'
import { option } from '../core/options.js'

/** Options of the log, the section `log` of the configuration. */
export const logOptions = z.strictObject({
  level: option(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
    'Minimum level of the messages that are logged; silent = none.',
    { value: 'LEVEL' },
  ),
  format: option(
    z.enum(['pretty', 'json']).default('pretty'),
    'Readable lines (time in UTC), or one JSON object per line.',
    { value: 'FORMAT' },
  ),
  file: option(
    z.string().min(1).optional(),
    'Log file, in addition to stderr; its folder is created if needed.',
    { value: 'FILE', path: 'write' },
  ),
  maxSizeBytes: option(
    z.number().int().positive().default(10_485_760),
    'Size in bytes at which the file is rotated to FILE.1.',
    { value: 'BYTES' },
  ),
  asynchronous: option(
    z.boolean().default(false),
    'Write the log file in the background, for long runs: a slow disk holds nothing up, and a run that is killed loses the last lines.',
  ),
  backups: option(
    z.number().int().nonnegative().max(1000).default(5),
    'Number of rotated log files to keep.',
  ),
})
export type LogOptions = z.infer<typeof logOptions>
