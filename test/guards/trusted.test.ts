import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { SOURCES, walk } from './sources.js'

/** What opens models: everything else would pass over `--require-signed`. Signing itself takes models that are not signed yet. */
const OPENERS = ['src/cli/models/sign.ts', 'src/cli/open-model.ts']

describe('models that a command reads', () => {
  it('are opened in one place, which heeds --require-signed', () => {
    const found = SOURCES.filter(({ path }) => path.startsWith('src/cli/')).filter(({ tree }) => {
      let loads = false
      walk(tree, node => {
        loads ||= ts.isIdentifier(node) && node.text === 'loadModel'
      })
      return loads
    })
    expect(found.map(({ path }) => path).sort()).toEqual(OPENERS)
  })
})
