import { CommanderError, Option, Command as Parser } from 'commander'
import type { z } from 'zod'
import { describeOptions, type OptionRow } from '../config/index.js'
import { createError, type TelltaleError } from '../core/errors.js'
import { nearestName, similarName } from '../core/nearest.js'
import { MODEL_OPTION, tooManyArguments } from './action.js'
import type { Command } from './command.js'
import type { ProcessIo } from './io.js'

/** Sections of the configuration that belong to every command, with what stands before their flags. */
export type SharedSections = Readonly<Record<string, { readonly schema: z.ZodType; readonly prefix: string }>>

/** What the command line said, before defaults and the configuration. */
export interface ParsedLine {
  readonly command: Command
  readonly args: readonly string[]
  readonly flags: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** `--config FILE`, false for `--no-config`. */
  readonly configFile?: string | false
}

/** Parses a command line; undefined when help or the version was asked for and printed. */
export async function parseLine(
  argv: readonly string[],
  commands: readonly Command[],
  shared: SharedSections,
  version: string,
  io: ProcessIo,
): Promise<ParsedLine | undefined> {
  let parsed: ParsedLine | undefined
  const program = buildProgram(commands, shared, version, io, (command, args, parser) => {
    const own = command.schema ? describeOptions(command.schema) : []
    // The parser gives a flag that both have to the program: a command's own meaning goes before the shared one.
    const flags: Record<string, Record<string, unknown>> = {
      [command.name]: { ...givenFlags(program, own, ''), ...givenFlags(parser, own, '') },
    }
    for (const [name, { schema, prefix }] of Object.entries(shared)) {
      const rows = describeOptions(schema).filter(
        row => !own.some(({ flag }) => flag === `--${prefix}${row.flag.slice(2)}`),
      )
      flags[name] = givenFlags(program, rows, prefix)
    }
    parsed = { command, args, flags: dropEmpty(flags), configFile: program.opts().config }
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return
    // `telltale help` and `telltale help train` printed it.
    if (
      error.code === 'commander.help' &&
      argv[0] === 'help' &&
      (argv.length === 1 || commands.some(({ name }) => name === argv[1]))
    )
      return
    throw usageError(error, program, commands, argv)
  }
  return parsed
}

/** The parser of all commands; `telltale help` and docs/cli.md print from it. */
function buildProgram(
  commands: readonly Command[],
  shared: SharedSections,
  version: string,
  io: Pick<ProcessIo, 'stdout'>,
  onCommand: (command: Command, args: string[], parser: Parser) => void,
): Parser {
  const program = new Parser('telltale')
    .description('Unsupervised anomaly detection for multivariate sensor time series.')
    .version(`telltale ${version}`, '--version', 'Print the version.')
    .helpOption('--help', 'Print this help.')
    .helpCommand('help [command]', 'Print the help of a command.')
    .configureHelp({ showGlobalOptions: true, helpWidth: 100, visibleGlobalOptions: sharedOptions })
    .configureOutput({ writeOut: text => io.stdout(text), writeErr: () => {} })
    .exitOverride()
    .option(
      '--config <FILE>',
      'Configuration file. Default: telltale.yaml in this folder or a parent folder.',
    )
    .option('--no-config', 'Read no configuration file.')
  for (const { schema, prefix } of Object.values(shared)) {
    for (const row of describeOptions(schema)) addFlags(program, row, prefix)
  }
  for (const command of commands) {
    const parser = program
      .command(command.name)
      .summary(command.summary)
      .description(`${command.summary} ${command.description}`.trim())
      .helpOption('--help', 'Print this help.')
      .addHelpText('after', `\nExamples:\n${command.examples.map(line => `  ${line}`).join('\n')}`)
    for (const { name, description, optional } of command.arguments)
      parser.argument(optional ? `[${name}]` : `<${name}>`, description)
    for (const row of command.schema ? describeOptions(command.schema) : []) addFlags(parser, row, '')
    parser.action(() => onCommand(command, parser.args, parser))
  }
  return program
}

/** The options of the program, without those to which a command gives a meaning of its own. */
function sharedOptions(command: Parser): Option[] {
  const own = new Set(command.options.map(({ long }) => long))
  return (command.parent?.options ?? []).filter(({ hidden, long }) => !hidden && !own.has(long))
}

/** `--name <VALUE>`, with `--no-name` where there may be none, or both for a boolean (only the one that changes the default is in the help). */
function addFlags(parser: Parser, row: OptionRow, prefix: string): void {
  const name = `${prefix}${row.flag.slice(2)}`
  const add = (option: Option) => parser.addOption(option.helpGroup(row.group ? `${row.group}:` : 'Options:'))
  if (row.type === 'boolean') {
    add(new Option(`--${name}`, row.description).hideHelp(row.default === true))
    add(new Option(`--no-${name}`, row.without ?? '').hideHelp(row.default !== true))
    return
  }
  const isDefault = row.default !== undefined && row.default !== null && String(row.default) !== ''
  const facts = [
    row.type === 'text' || row.without !== undefined ? '' : row.wanted,
    isDefault ? `default ${row.default}` : '',
    row.required ? 'needed' : '',
  ]
  const known = facts.filter(Boolean).join('; ')
  add(new Option(`--${name} <${row.value}>`, known ? `${row.description} [${known}]` : row.description))
  if (row.without !== undefined) add(new Option(`--no-${name}`, row.without))
}

/** The options of a section that stand on the command line. */
function givenFlags(parser: Parser, rows: readonly OptionRow[], prefix: string): Record<string, unknown> {
  const attribute = (row: OptionRow) => new Option(`--${prefix}${row.flag.slice(2)}`).attributeName()
  return Object.fromEntries(
    rows
      .filter(row => parser.getOptionValueSource(attribute(row)) === 'cli')
      .map(row => [row.key, parser.getOptionValue(attribute(row))]),
  )
}

function dropEmpty<T extends object>(sections: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(sections).filter(([, flags]) => Object.keys(flags).length > 0))
}

/** What a command takes beside its options; the model too where its option is missing. */
function takenArguments({ registeredArguments, options }: Parser, argv: readonly string[]): string[] {
  const names = registeredArguments.map(argument => argument.name().toUpperCase())
  const isWithoutModel =
    options.some(({ long }) => long === '--model') && !argv.some(arg => /^--model(=|$)/.test(arg))
  return [...names, ...(isWithoutModel ? [MODEL_OPTION] : [])]
}

/** The error of more arguments than a command takes. */
function excessError(parser: Parser, argv: readonly string[], command: Command | undefined): TelltaleError {
  const given = parser.args
  const names = takenArguments(parser, argv)
  const extra = given.slice(parser.registeredArguments.length)
  return tooManyArguments(command?.name ?? '', names, extra, command?.helpExtra?.(given))
}

const HELP = '`telltale help` lists the commands'

/** The error of a command that there is none of: the nearest is another one, or an action of that name. */
function commandUnknown(name: string, commands: readonly Command[]): TelltaleError {
  const owner = commands.find(({ arguments: [first] }) => first?.choices?.includes(name))
  const names = commands.map(command => command.name)
  const nearest = owner === undefined ? similarName(name, names) : `${owner.name} ${name}`
  return createError('command-unknown', { name, nearest, known: HELP })
}

/** An argument that is missing, with what it can be. */
function argumentName(name: string, command: Command | undefined): string {
  const { choices } = command?.arguments.find(argument => argument.name === name) ?? {}
  return choices === undefined ? name.toUpperCase() : `an ${name} (${choices.join(', ')})`
}

/** An error of the parser as an error of the catalogue. */
function usageError(
  error: CommanderError,
  program: Parser,
  commands: readonly Command[],
  argv: readonly string[],
): TelltaleError {
  const quoted = /'(.+?)'/.exec(error.message)?.[1] ?? ''
  const names = program.commands.map(command => command.name())
  const active = program.commands.find(command => argv.includes(command.name()))
  const command = commands.find(({ name }) => name === active?.name())
  const instead = command?.instead ?? {}
  switch (error.code) {
    case 'commander.unknownOption': {
      const options = [...(active?.options ?? []), ...program.options].map(option => option.long ?? '')
      const where = active ? `telltale ${active.name()}` : 'telltale'
      const known = instead[quoted]
      if (known !== undefined) return createError('option-unknown', { name: quoted, where, nearest: known })
      // --label-column is more like --labels than like --time-column: the first word says what it is about.
      const [word] = quoted.replace(/^-+/, '').split('-')
      const alike = word ? options.filter(option => option.startsWith(`--${word}`)) : []
      const nearest = alike.length > 0 ? nearestName(quoted, alike) : similarName(quoted, options)
      return createError('option-unknown', { name: quoted, where, nearest })
    }
    case 'commander.unknownCommand':
      return commandUnknown(quoted, commands)
    case 'commander.missingArgument':
      return createError('option-missing', { name: argumentName(quoted, command) })
    case 'commander.optionMissingArgument':
      return createError('option-missing', { name: `the value of ${quoted.split(' ')[0]}` })
    case 'commander.help': {
      const [, asked] = argv[0] === 'help' ? argv : []
      if (asked !== undefined) return commandUnknown(asked, commands)
      return createError('option-missing', { name: `a command (${names.join(', ')})` })
    }
    case 'commander.excessArguments':
      return excessError(active ?? program, argv, command)
    default:
      return createError('bug', { reason: error.message }, error)
  }
}
