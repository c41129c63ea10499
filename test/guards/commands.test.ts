import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { SHARED_SECTIONS } from '../../src/cli/run.js'
import { describeOptions } from '../../src/config/index.js'
import { ERROR_CATALOGUE } from '../../src/core/errors.js'
import { ISSUE_CATALOGUE } from '../../src/validate/index.js'
import { listFiles, ROOT } from './sources.js'

/** Shown before they exist; an entry has to be removed once its command takes the option. */
const NOT_YET: readonly string[] = []

const SHARED = [
  '--config',
  '--no-config',
  '--help',
  '--version',
  ...Object.entries(SHARED_SECTIONS).flatMap(([name, { schema, prefix }]) =>
    describeOptions(schema, name).map(({ flag }) => `--${prefix ?? ''}${flag.slice(2)}`),
  ),
]
const FLAGS = new Map(
  COMMANDS.map(({ name, schema }) => {
    const own = schema === undefined ? [] : describeOptions(schema, name).map(({ flag }) => flag)
    return [name, new Set([...own, ...own.map(flag => flag.replace('--', '--no-')), ...SHARED])]
  }),
)
const SCRIPTS = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts)
const PAGES = ['README.md', 'CONTRIBUTING.md', ...listFiles('docs', path => path.endsWith('.md'))]

/** What a line of a shell block shows and the program does not have. */
function faultsOfLine(line: string): string[] {
  const [shown] = line.split('#')
  const script = /\bnpm run (?:-s )?([\w:-]+)/.exec(shown)?.[1]
  const command = /\btelltale ([a-z]+)\b/.exec(shown)?.[1]
  const faults = script === undefined || SCRIPTS.includes(script) ? [] : [`npm run ${script}`]
  if (command === undefined) return faults
  const flags = FLAGS.get(command)
  if (flags === undefined) return [...faults, command]
  const unknown = (shown.match(/--[a-z][a-z-]*/g) ?? []).filter(flag => !flags.has(flag))
  return [...faults, ...unknown.map(flag => `${command} ${flag}`)]
}

function faultsOfPage(path: string, page: string): string[] {
  const blocks = [...page.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```/gm)].map(match => match[1])
  return blocks.flatMap(block => block.split('\n').flatMap(faultsOfLine)).map(fault => `${path}: ${fault}`)
}

const faults = PAGES.flatMap(path => faultsOfPage(path, readFileSync(join(ROOT, path), 'utf8')))
const isNotYet = (fault: string) => NOT_YET.some(entry => fault.endsWith(`: ${entry}`))

describe('commands on pages', () => {
  it('exist, with every option that is shown', () => {
    expect(faults.filter(fault => !isNotYet(fault))).toEqual([])
  })

  it('still lack every option that is shown before it exists', () => {
    expect(NOT_YET.filter(entry => !faults.some(fault => fault.endsWith(`: ${entry}`)))).toEqual([])
  })

  it('are caught when there is no such command, option or script', () => {
    const page = '```sh\nnpx telltale trane x\nnpx telltale show m --deep # --no\nnpm run fly\nnpm ci\n```\n'
    expect(faultsOfPage('x.md', page)).toEqual(['x.md: trane', 'x.md: show --deep', 'x.md: npm run fly'])
  })
})

describe('remedies of errors and issues', () => {
  it('name options that some command has', () => {
    const known = new Set([...FLAGS.values()].flatMap(flags => [...flags]))
    const texts = Object.entries({ ...ERROR_CATALOGUE, ...ISSUE_CATALOGUE })
    const unknown = texts.flatMap(([code, { message, remedy }]) =>
      (`${message} ${remedy}`.match(/--[a-z][a-z-]*/g) ?? [])
        .filter(flag => !known.has(flag))
        .map(flag => `${code}: ${flag}`),
    )
    expect(unknown).toEqual([])
  })
})
