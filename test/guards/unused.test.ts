import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { listFiles, parseSource, ROOT, SOURCES, type Source, walk } from './sources.js'

/** Functions that a file exports by their declaration. */
function exportedFunctions({ tree }: Source): string[] {
  return tree.statements.flatMap(statement =>
    ts.isFunctionDeclaration(statement) &&
    statement.name !== undefined &&
    statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      ? [statement.name.text]
      : [],
  )
}

/** Names that a file uses: all identifiers but those that it declares, imports under their own name or exports on. */
function usedNames({ tree, path }: Source): Set<string> {
  const used = new Set<string>()
  const isDoor = path.startsWith('src/doors/')
  walk(tree, node => {
    if (!ts.isIdentifier(node)) return
    const { parent } = node
    const isPassedOn =
      (ts.isImportSpecifier(parent) && parent.propertyName !== node) ||
      (ts.isExportSpecifier(parent) && !isDoor)
    const isDeclared = ts.isFunctionDeclaration(parent) && parent.name === node
    if (!isPassedOn && !isDeclared) used.add(node.text)
  })
  return used
}

function unused(sources: readonly Source[], others: readonly Source[]): string[] {
  const used = new Set([...sources, ...others].flatMap(source => [...usedNames(source)]))
  return sources.flatMap(source =>
    exportedFunctions(source)
      .filter(name => !used.has(name))
      .map(name => `${source.path} ${name}`),
  )
}

describe('exported functions', () => {
  it('are used by the program, its tools or those who import the package, not by tests alone', () => {
    const tools = ['scripts', 'bench', 'examples', 'browser'].flatMap(folder =>
      listFiles(folder, path => /\.(ts|mjs)$/.test(path) && !path.includes('node_modules')),
    )
    const others = tools.map(path => parseSource(path, readFileSync(join(ROOT, path), 'utf8')))
    expect(unused(SOURCES, others)).toEqual([])
  })

  it('are found where only their own file or an index names them', () => {
    const sources = [
      parseSource('src/a/a.ts', 'export function lonely() {}\nexport function busy() {}\n'),
      parseSource('src/a/index.ts', "export { busy, lonely } from './a.js'\n"),
      parseSource('src/b/b.ts', "import { busy, lonely } from '../a/index.js'\nbusy()\n"),
    ]
    expect(unused(sources, [])).toEqual(['src/a/a.ts lonely'])
    const door = parseSource('src/doors/a.ts', "export { lonely } from '../a/index.js'\n")
    expect(unused([...sources, door], [])).toEqual([])
  })
})
