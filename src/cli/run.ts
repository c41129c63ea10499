import type { z } from 'zod'
import { loadConfig } from '../config/index.js'
import { VERSION } from '../core/version.js'
import { createLogger, logOptions } from '../observe/index.js'
import { COMMANDS } from './commands/index.js'
import { printError } from './errors.js'
import { EXIT_OK } from './exit-codes.js'
import { type CliOptions, cliOptions } from './global-options.js'
import type { Io } from './io.js'
import { pathIn } from './paths.js'
import { type ParsedLine, parseLine, type SharedSections } from './program.js'
import { createProgress } from './progress.js'
import { checkRunPaths } from './run-paths.js'
import { safeIo } from './safe-io.js'

export const SHARED_SECTIONS: SharedSections = {
  cli: { schema: cliOptions, prefix: '' },
  log: { schema: logOptions, prefix: 'log-' },
}

/** The option schemas of all sections of the configuration, by name. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(Object.entries(SHARED_SECTIONS).map(([name, { schema }]) => [name, schema])),
  ...Object.fromEntries(COMMANDS.flatMap(({ name, schema }) => (schema ? [[name, schema]] : []))),
}

/** Runs one command line; every error is printed. Returns the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const line = await parseLine(argv, COMMANDS, SHARED_SECTIONS, VERSION, safeIo(io))
    return line === undefined ? EXIT_OK : await runCommand(line, io)
  } catch (error) {
    return printError(error, io, argv.includes('--debug'))
  }
}

/** The options of the log, its file in the folder of the run. */
function logIn(io: Io, log: z.input<typeof logOptions>): z.input<typeof logOptions> {
  return log.file === undefined ? log : { ...log, file: pathIn(io, log.file) }
}

async function runCommand({ command, args, flags, configFile }: ParsedLine, rawIo: Io): Promise<number> {
  const { env, cwd } = rawIo
  const flagPrefixes = Object.fromEntries(
    Object.entries(SHARED_SECTIONS).map(([name, { prefix }]) => [name, prefix]),
  )
  const config = await loadConfig({
    flagPrefixes,
    schemas: SCHEMAS,
    file: configFile,
    env,
    cwd,
    flags,
    command: command.name,
  })
  const cli = config.values.cli as CliOptions
  const io = cli.format === 'csv' ? { ...safeIo(rawIo), stdout: rawIo.stdout } : safeIo(rawIo)
  await checkRunPaths(command, args, config, SCHEMAS, rawIo)
  // `run` prints the error itself: here it goes to the log file only.
  let failed = false
  const log = createLogger(logIn(rawIo, config.values.log), {
    stderr: line => void (failed || io.stderr(line)),
  })
  const progress = createProgress(cli.progress, rawIo)
  const options = config.values[command.name] ?? {}
  const started = io.now()
  const elapsedMs = () => Math.round(io.now() - started)
  try {
    const code = await command.run({ args, options, cli, config, schemas: SCHEMAS, io, log, progress })
    log.info({ command: command.name, code, elapsedMs: elapsedMs() }, 'done')
    return code
  } catch (error) {
    failed = true
    log.error({ command: command.name, err: error, elapsedMs: elapsedMs() }, 'failed')
    throw error
  } finally {
    progress.finish()
    log.close()
  }
}
