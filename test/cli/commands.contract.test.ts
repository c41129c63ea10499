import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { describeOptions } from '../../src/config/index.js'
import { scratchFolder, telltale } from './world.js'

const PAGE = readFileSync('docs/cli.md', 'utf8')

describe.each(COMMANDS.map(command => [command.name, command] as const))('telltale %s', (name, command) => {
  it('prints help with every example', async () => {
    const { code, stdout, stderr } = await telltale([name, '--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(command.examples.length).toBeGreaterThan(0)
    for (const example of command.examples) expect(stdout).toContain(example)
  })

  it('prints the same with telltale help', async () => {
    const { code, stdout, stderr } = await telltale(['help', name])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe((await telltale([name, '--help'])).stdout)
  })

  it('refuses an unknown flag, naming the nearest one, with exit code 2', async () => {
    const { code, stdout, stderr } = await telltale([name, '--progres', 'none'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('error [option-unknown]: unknown option --progres')
    expect(stderr).toContain('Did you mean --progress?')
  })

  it('refuses an argument too many with exit code 2', async () => {
    const { code, stderr } = await telltale([name, ...command.arguments.map(() => 'x'), 'y'])
    expect(code).toBe(2)
    expect(stderr).toContain('error [argument-unexpected]: too many arguments for')
    expect(stderr).toContain(
      command.arguments.length > 0 ? command.arguments[0].name.toUpperCase() : 'it takes ',
    )
  })

  it('refuses a configuration file that does not exist with exit code 2', async () => {
    const args = command.arguments.map(() => 'x')
    const { code, stderr } = await telltale([name, ...args, '--config', 'nowhere.yaml'], {
      cwd: scratchFolder(),
    })
    expect(code).toBe(2)
    expect(stderr).toContain('error [config-missing]')
  })

  it('says of every option that is on by default what switching it off means', () => {
    const on = (command.schema ? describeOptions(command.schema) : []).filter(
      ({ type, default: standard }) => type === 'boolean' && standard === true,
    )
    expect(on.filter(({ without }) => !without?.endsWith('.'))).toEqual([])
  })

  it('is documented in docs/cli.md', () => {
    expect(PAGE).toContain(`## telltale ${name}\n`)
    for (const example of command.examples) expect(PAGE).toContain(example)
  })
})

describe.each(
  COMMANDS.filter(command => command.arguments.length > 0).map(command => [command.name, command] as const),
)('telltale %s', (name, command) => {
  it('refuses to run without its argument, with exit code 2', async () => {
    const { code, stderr } = await telltale([name])
    expect(code).toBe(2)
    // An argument that an option may replace is looked for after the options that are needed.
    const [{ name: argument, optional, choices }] = command.arguments
    const shown = choices === undefined ? argument.toUpperCase() : `an ${argument} (${choices.join(', ')})`
    expect(stderr).toContain(`error [option-missing]: ${optional ? '' : `${shown} is required`}`)
  })
})
