import { z } from 'zod'
import { option } from '../core/options.js'

/** Options of the log, the section `log` of the configuration. */
export const logOptions = z.strictObject({
  level: option(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
    'Least important kind of message that is logged; silent logs nothing.',
    { value: 'LEVEL' },
  ),
  format: option(
    z.enum(['pretty', 'json']).default('pretty'),
    'One line for people (time in UTC), or one JSON object per line.',
    { value: 'FORMAT' },
  ),
  file: option(
    z.string().min(1).optional(),
    'File that gets the log as well as stderr; its folder is made when it does not exist.',
    { value: 'FILE' },
  ),
  maxSizeBytes: option(
    z.number().int().positive().default(10_485_760),
    'Size in bytes at which the file is put aside as FILE.1 and a new one begun.',
    { value: 'BYTES' },
  ),
  backups: option(
    z.number().int().nonnegative().max(1000).default(5),
    'Number of full log files kept beside the current one.',
  ),
})
export type LogOptions = z.infer<typeof logOptions>
