import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { telltale } from './world.js'

const VERSION = JSON.parse(readFileSync('package.json', 'utf8')).version

describe('telltale', () => {
  it('prints its version', async () => {
    expect(await telltale(['--version'])).toEqual({ code: 0, stdout: `telltale ${VERSION}\n`, stderr: '' })
  })

  it('lists its commands', async () => {
    const { code, stdout } = await telltale(['--help'])
    expect(code).toBe(0)
    for (const name of ['generate', 'train', 'detect', 'show', 'verify', 'config'])
      expect(stdout).toContain(name)
  })

  it('has the options of a command with many under headings, each once', async () => {
    const { stdout } = await telltale(['train', '--help'])
    const headings = [...stdout.matchAll(/^([A-Z][A-Za-z ]*):$/gm)].map(([, name]) => name)
    expect(headings).toEqual(expect.arrayContaining(['Options', 'Table', 'Networks', 'Threshold', 'Events']))
    expect(new Set(headings).size).toBe(headings.length)
    const networks = stdout.slice(stdout.indexOf('\nNetworks:'), stdout.indexOf('\nThreshold:'))
    expect(networks).toContain('--epochs')
    expect(networks).not.toContain('--quantile')
  })

  it('refuses to run without a command', async () => {
    const { code, stdout, stderr } = await telltale([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`a command (${COMMANDS.map(({ name }) => name).join(', ')}) is required`)
  })

  it('names the nearest command for an unknown one', async () => {
    const { code, stderr } = await telltale(['trian'])
    expect(code).toBe(2)
    expect(stderr).toBe(
      'error [command-unknown]: unknown command trian\nDid you mean train? `telltale help` lists the commands.\n',
    )
  })

  it('refuses a flag without its value', async () => {
    const { code, stderr } = await telltale(['train', 'x.csv', '--window'])
    expect(code).toBe(2)
    expect(stderr).toContain('the value of --window is required')
  })

  it('names a flag as it was typed when its value is refused', async () => {
    const { code, stderr } = await telltale(['config', '--log-level', 'loud'])
    expect(code).toBe(2)
    expect(stderr).toContain('--log-level is "loud"')
  })

  it('shows where an error comes from only with --debug', async () => {
    const plain = await telltale(['verify', 'nowhere'])
    const debug = await telltale(['verify', 'nowhere', '--debug'])
    expect(plain.stderr).not.toContain('    at ')
    expect(debug.stderr).toContain('    at ')
    expect([plain.code, debug.code]).toEqual([4, 4])
  })

  it('colours an error only on a terminal, and not with NO_COLOR', async () => {
    const terminal = { isTerminal: true }
    expect((await telltale(['trian'], terminal)).stderr).toContain('\u001b[31m')
    expect((await telltale(['trian'], { ...terminal, env: { NO_COLOR: '1' } })).stderr).not.toContain(
      '\u001b',
    )
    expect((await telltale(['trian'])).stderr).not.toContain('\u001b')
  })
})
