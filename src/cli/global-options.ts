import { z } from 'zod'
import { option, positiveInteger } from '../core/options.js'
import { RESULT_FORMATS } from '../report/index.js'
import { PROGRESS_MODES } from './progress.js'

/** Options of every command, the section `cli` of the configuration. */
export const cliOptions = z.strictObject({
  format: option(
    z.enum([...RESULT_FORMATS, 'html']).default('table'),
    'Format of the results on stdout; html is a page, of explain only.',
    {
      value: 'FORMAT',
    },
  ),
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
  cache: option(
    z.union([z.literal(false), z.string().min(1)]).optional(),
    'Folder in which detect, evaluate, validate and backtest keep their results: the same command on the same data, model and options then repeats them. Also TELLTALE_CACHE.',
    { value: 'DIR', without: 'Keep and repeat no results.' },
  ),
  cacheMb: option(
    positiveInteger().default(1024),
    'Limit of the cache in MB; the results that were used least recently are removed.',
    { value: 'MB' },
  ),
  requireSigned: option(
    z.string().min(1).optional(),
    'Public key, or folder of public keys (*.pub): a model that none of them signed is refused, by every command. Also TELLTALE_REQUIRE_SIGNED.',
    { value: 'KEYS' },
  ),
  debug: option(z.boolean().default(false), 'Print the stack trace of an error.'),
})
export type CliOptions = z.infer<typeof cliOptions>
