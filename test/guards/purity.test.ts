import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parseSource, ROOMS, SOURCES, type Source, walk } from './sources.js'

const PURE_ROOMS = new Set(ROOMS.filter(room => room.tier <= 2).map(room => room.room))

/** The one door out: the kernel loader asks which instructions the engine has. */
const KERNEL_LOADER = /^src\/kernels\/[^/]+\.ts$/
const FORBIDDEN_NAMES = new Set(['console', 'process', 'performance', 'require', 'fetch'])
const FORBIDDEN_CALLS = new Set(['Date.now', 'Math.random', 'crypto.getRandomValues', 'crypto.randomUUID'])

function isValue(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return !(
    (ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent) || ts.isMethodSignature(parent)) &&
    parent.name === node
  )
}

/** Clock, console, environment, files and global randomness that a file reaches for. */
function impurities({ path, tree, imports }: Source): string[] {
  const found = imports
    .filter(({ specifier }) => specifier.startsWith('node:'))
    .map(({ specifier }) => `${path} imports ${specifier}`)
  walk(tree, node => {
    if (ts.isIdentifier(node) && FORBIDDEN_NAMES.has(node.text) && isValue(node)) {
      const text = node.parent.getText()
      const loads = node.text === 'process' && /^process\??\.getBuiltinModule$/.test(text)
      if (!(loads && KERNEL_LOADER.test(path))) found.push(`${path} uses ${node.text}: ${text.slice(0, 60)}`)
    }
    if (ts.isPropertyAccessExpression(node) && FORBIDDEN_CALLS.has(node.getText()))
      found.push(`${path} uses ${node.getText()}`)
    if (
      ts.isNewExpression(node) &&
      node.expression.getText() === 'Date' &&
      (node.arguments?.length ?? 0) === 0
    )
      found.push(`${path} reads the clock: new Date()`)
  })
  return found
}

describe('tiers 0 to 2', () => {
  it('use no clock, console, environment, file or global randomness', () => {
    const pure = SOURCES.filter(source => source.room !== undefined && PURE_ROOMS.has(source.room))
    expect(pure.length).toBeGreaterThan(5)
    expect(pure.flatMap(impurities)).toEqual([])
  })

  it('are caught when they do', () => {
    const faults = (text: string, path = 'src/scale/x.ts') => impurities(parseSource(path, text))
    expect(faults("import { readFileSync } from 'node:fs'")).toHaveLength(1)
    expect(faults('console.log(1)')).toHaveLength(1)
    expect(faults('const t = Date.now()')).toHaveLength(1)
    expect(faults('const t = new Date()')).toHaveLength(1)
    expect(faults('const x = Math.random()')).toHaveLength(1)
    expect(faults('const e = process.env')).toHaveLength(1)
    expect(faults("const v8 = process.getBuiltinModule('node:v8')")).toHaveLength(1)
    expect(faults("const v8 = process.getBuiltinModule('node:v8')", 'src/kernels/load.ts')).toEqual([])
    expect(faults('// console.log\nconst t = new Date(0)')).toEqual([])
  })
})
