import type { z } from 'zod'
import { loadConfig } from '../config/index.js'
import { createError } from '../core/errors.js'
import { VERSION } from '../core/version.js'
import { checkMetricsFile, createLogger, logOptions, metricsOptions, startJob } from '../observe/index.js'
import { RESULT_FORMATS } from '../report/index.js'
import { readTrustedKeys } from '../store/index.js'
import type { Command } from './command.js'
import { COMMANDS } from './commands/index.js'
import { printError } from './errors.js'
import { EXIT_OK } from './exit-codes.js'
import { type CliOptions, cliOptions } from './global-options.js'
import type { ProcessIo } from './io.js'
import { namedBySource } from './named-by-source.js'
import { pathIn } from './paths.js'
import { type ParsedLine, parseLine, type SharedSections } from './program.js'
import { createProgress } from './progress.js'
import { runCached } from './run-cache.js'
import { checkRunPaths } from './run-paths.js'
import { safeIo } from './safe-io.js'

export const SHARED_SECTIONS: SharedSections = {
  cli: { schema: cliOptions, prefix: '' },
  log: { schema: logOptions, prefix: 'log-' },
  metrics: { schema: metricsOptions, prefix: 'metrics-' },
}

/** The option schemas of all sections of the configuration, by name. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(Object.entries(SHARED_SECTIONS).map(([name, { schema }]) => [name, schema])),
  ...Object.fromEntries(COMMANDS.flatMap(({ name, schema }) => (schema ? [[name, schema]] : []))),
}

/** Runs one command line; every error is printed. Returns the exit code. */
export async function run(argv: readonly string[], io: ProcessIo): Promise<number> {
  try {
    const line = await parseLine(argv, COMMANDS, SHARED_SECTIONS, VERSION, safeIo(io))
    return line === undefined ? EXIT_OK : await runCommand(line, argv, io)
  } catch (error) {
    return printError(error, io, argv.includes('--debug'))
  }
}

/** The options of the log or the metrics, their file in the folder of the run. */
function fileIn<Options extends { readonly file?: string }>(io: ProcessIo, options: Options): Options {
  return options.file === undefined ? options : { ...options, file: pathIn(io, options.file) }
}

/** Errors: as `readTrustedKeys`. */
async function trustedKeys({ requireSigned }: CliOptions, io: ProcessIo) {
  return requireSigned === undefined ? undefined : readTrustedKeys(pathIn(io, requireSigned))
}

/** Errors: `option-invalid` for a page of a command that makes none. */
function checkFormat({ name, printsPage }: Command, { format }: CliOptions): void {
  if (format !== 'html' || printsPage) return
  const pages = COMMANDS.filter(command => command.printsPage).map(command => command.name)
  const wanted = `it must be one of ${RESULT_FORMATS.join(', ')}; html is a page, of ${pages.join(', ')} only`
  throw createError('option-invalid', {
    name: '--format',
    got: 'html',
    where: `\`telltale ${name}\``,
    wanted,
  })
}

async function runCommand(
  { command, args, flags, configFile }: ParsedLine,
  argv: readonly string[],
  rawIo: ProcessIo,
): Promise<number> {
  const { env, cwd } = rawIo
  const flagPrefixes = Object.fromEntries(
    Object.entries(SHARED_SECTIONS).map(([name, { prefix }]) => [name, prefix]),
  )
  const input = {
    flagPrefixes,
    schemas: SCHEMAS,
    file: configFile,
    env,
    cwd,
    flags,
    command: command.name,
  }
  const config = await loadConfig(input)
  const cli = config.values.cli as CliOptions
  checkFormat(command, cli)
  // What a page or a table is safe from is escaped in it already, and its scripts are known by their hashes.
  const printing =
    cli.format === 'csv' || cli.format === 'html' ? { ...safeIo(rawIo), stdout: rawIo.stdout } : safeIo(rawIo)
  await checkRunPaths(command, args, config, SCHEMAS, rawIo)
  // `run` prints the error itself: here it goes to the log file only.
  let failed = false
  const log = createLogger(fileIn(rawIo, config.values.log as z.input<typeof logOptions>), {
    stderr: line => void (failed || printing.stderr(line)),
  })
  const progress = createProgress(cli.progress, rawIo)
  const options = config.values[command.name] ?? {}
  const started = rawIo.now()
  const reload = async () => (await loadConfig(input)).values[command.name] ?? {}
  const elapsedMs = () => Math.round(rawIo.now() - started)
  const settings = fileIn(rawIo, config.values.metrics as z.output<typeof metricsOptions>)
  if (settings.file !== undefined) checkMetricsFile(settings.file, '--metrics-file')
  const job = await startJob({ command: command.name, settings, log, now: rawIo.now })
  const trusted = await trustedKeys(cli, rawIo)
  const io = { ...printing, metrics: job.metrics, ...(trusted && { trusted }) }
  try {
    const isPage = cli.format === 'html'
    const plain = { ...cli, format: cli.format === 'html' ? 'table' : cli.format } as const
    const call = { args, options, cli: plain, isPage, config, reload, schemas: SCHEMAS, io, log, progress }
    const code = await runCached(command, call, argv, log)
    log.info({ command: command.name, code, elapsedMs: elapsedMs() }, 'done')
    await job.end({ exitCode: code })
    return code
  } catch (thrown) {
    const error = namedBySource(thrown, config, command.name)
    await job.end({ error })
    failed = true
    log.error({ command: command.name, err: error, elapsedMs: elapsedMs() }, 'failed')
    throw error
  } finally {
    progress.finish()
    await log.close()
  }
}
