import type { z } from 'zod'
import type { EffectiveConfig } from '../config/index.js'
import type { Logger } from '../observe/index.js'
import type { ResultFormat } from '../report/index.js'
import type { CliOptions } from './global-options.js'
import type { Io } from './io.js'
import type { Progress } from './progress.js'

/** One command: run.ts makes its flags, help and errors from these words. */
export interface Command<Schema extends z.ZodType = z.ZodType> {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What it prints, and what else a user should know before running it. */
  readonly description: string
  readonly arguments: readonly {
    readonly name: string
    readonly description: string
    readonly optional?: boolean
    /** The names of actions that it is one of. */
    readonly choices?: readonly string[]
    /** It is a path that is read. */
    readonly reads?: boolean
  }[]
  /** Its section of the configuration; without it the command has no options of its own. */
  readonly schema?: Schema
  /** What it prints and writes depends on its arguments, options and the content of the files that these name, and on nothing else: results may be kept. */
  readonly isRepeatable?: boolean
  /** Whether it knows `--format html`. */
  readonly printsPage?: boolean
  /** What to write in place of options that other commands have, such as `--group-by`. */
  readonly instead?: Readonly<Record<string, string>>
  /** What to write in place of arguments that are too many, without a full stop; undefined where nothing is known. */
  helpExtra?(args: readonly string[]): string | undefined
  /** Complete command lines, simplest first. */
  readonly examples: readonly string[]
  /** Returns the exit code. */
  run(call: Call<z.infer<Schema>>): Promise<number>
}

/** One call of a command, validated. */
export interface Call<Options = unknown> {
  readonly args: readonly string[]
  readonly options: Options
  /** With the format `table` where a page is asked for. */
  readonly cli: Omit<CliOptions, 'format'> & { readonly format: ResultFormat }
  /** Whether a page is asked for, by `--format html`; only of commands with `printsPage`. */
  readonly isPage: boolean
  readonly config: EffectiveConfig
  /** Reads the options again: files and environment may have changed. Errors: as before the run. */
  reload(): Promise<unknown>
  /** The option schemas of all sections. */
  readonly schemas: Readonly<Record<string, z.ZodType>>
  readonly io: Io
  readonly log: Logger
  readonly progress: Progress
}

/** Types `run` by the schema of the command. */
export function defineCommand<Schema extends z.ZodType>(command: Command<Schema>): Command<Schema> {
  return command
}
