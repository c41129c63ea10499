import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { describeOptions } from '../../src/config/index.js'
import { logOptions } from '../../src/observe/index.js'

describe('options that name a path', () => {
  it('say in their schema whether it is read or written, so that every command is checked', () => {
    const schemas = [
      ...COMMANDS.flatMap(({ name, schema }) => (schema ? [[name, schema] as const] : [])),
      ['log', logOptions] as const,
    ]
    const silent = schemas.flatMap(([name, schema]) =>
      describeOptions(schema)
        .filter(({ value, path }) => /\b(?:FILE|MODEL|FOLDER|DIR|QUERY)\b/.test(value) && path === undefined)
        .map(({ flag }) => `${name} ${flag}`),
    )
    expect(silent).toEqual([])
  })

  it('say so for arguments that are tables, models or architectures', () => {
    const names = ['data', 'model', 'architecture', 'other']
    const silent = COMMANDS.flatMap(command =>
      command.arguments
        .filter(({ name, reads }) => names.includes(name) && !reads)
        .map(({ name }) => `${command.name} ${name}`),
    )
    expect(silent).toEqual([])
  })
})
