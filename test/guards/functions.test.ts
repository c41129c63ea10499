import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parseSource, SOURCES, type Source, walk } from './sources.js'

const MOST_LINES = 70
/** Long and straight: the formulas of a layer, the list of all kernels. */
const EXCEPTIONS = [/^src\/nn\/layers\//, /^src\/kernels\//]

/** The lines of each function that do not belong to a function inside of it. */
function ownLines({ path, tree }: Source): { readonly name: string; readonly lines: number }[] {
  const linesOf = (node: ts.Node) =>
    tree.getLineAndCharacterOfPosition(node.end).line -
    tree.getLineAndCharacterOfPosition(node.getStart(tree)).line +
    1
  const isFunction = (node: ts.Node) => ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
  const found: { name: string; lines: number }[] = []
  walk(tree, node => {
    if (!isFunction(node)) return
    let lines = linesOf(node)
    const leaveOut = (inner: ts.Node): void => {
      if (isFunction(inner)) lines -= linesOf(inner) - 1
      else ts.forEachChild(inner, leaveOut)
    }
    ts.forEachChild(node, leaveOut)
    const named = node as { readonly name?: ts.Node }
    const holder = node.parent as { readonly name?: ts.Node } | undefined
    const name = (named.name ?? holder?.name)?.getText(tree) ?? 'a function without a name'
    found.push({ name: `${path} ${name}`, lines })
  })
  return found
}

describe('functions', () => {
  const long = SOURCES.filter(({ path }) => !EXCEPTIONS.some(exception => exception.test(path)))
    .flatMap(ownLines)
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ name }) => name)

  it(`have at most ${MOST_LINES} lines of their own`, () => {
    expect(long).toEqual([])
  })

  it('are measured without the functions inside of them', () => {
    const body = (lines: number) => 'x()\n'.repeat(lines)
    const text = `function outer() {\n${body(40)}const inner = () => {\n${body(60)}}\n}\nconst long = () => {\n${body(80)}}`
    const lines = Object.fromEntries(
      ownLines(parseSource('src/a/b.ts', text)).map(one => [one.name, one.lines]),
    )
    expect(lines).toEqual({ 'src/a/b.ts outer': 43, 'src/a/b.ts inner': 62, 'src/a/b.ts long': 82 })
  })
})
