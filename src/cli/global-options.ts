import { z } from 'zod'
import { option } from '../core/options.js'
import { RESULT_FORMATS } from '../report/index.js'
import { PROGRESS_MODES } from './progress.js'

/** Options of every command, the section `cli` of the configuration. */
export const cliOptions = z.strictObject({
  format: option(z.enum(RESULT_FORMATS).default('table'), 'Format of the results on stdout.', {
    value: 'FORMAT',
  }),
  progress: option(
    z.enum(PROGRESS_MODES).default('auto'),
    'Progress on stderr: a bar, a table of epochs, JSON lines or nothing; auto = a bar on a terminal, else nothing.',
    { value: 'MODE' },
  ),
  registry: option(
    z.string().min(1).optional(),
    'Folder of models with numbered versions: NAME@7, NAME@champion and NAME@latest then name a model. Also TELLTALE_REGISTRY.',
    { value: 'DIR' },
  ),
  debug: option(z.boolean().default(false), 'Print the stack trace of an error.'),
})
export type CliOptions = z.infer<typeof cliOptions>
