import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** The folder that holds package.json; tests run from there. */
export const ROOT = process.cwd()

export interface Room {
  readonly tier: number
  readonly room: string
  readonly purpose: string
  readonly mayImport: readonly string[]
  readonly typesOf?: readonly string[]
  /** Folders in the room, and which others of them each may import; files directly in the room are free. */
  readonly parts?: Readonly<Record<string, readonly string[]>>
}

export const ROOMS: readonly Room[] = JSON.parse(readFileSync(join(ROOT, 'src/rooms.json'), 'utf8'))

/** `tiers 0-2` stands for every room of these tiers. */
export function expandRooms(names: readonly string[]): Set<string> {
  return new Set(
    names.flatMap(name => {
      const tiers = /^tiers (\d)-(\d)$/.exec(name)
      if (!tiers) return [name]
      return ROOMS.filter(r => r.tier >= Number(tiers[1]) && r.tier <= Number(tiers[2])).map(r => r.room)
    }),
  )
}

export function listFiles(folder: string, wanted: (path: string) => boolean): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter(wanted)
    .sort()
}

export interface Import {
  readonly specifier: string
  /** Path from the root, of a relative import. */
  readonly target?: string
  readonly typeOnly: boolean
}

export interface Source {
  readonly path: string
  /** Undefined for files directly in src. */
  readonly room?: string
  readonly text: string
  readonly tree: ts.SourceFile
  readonly imports: readonly Import[]
}

export function parseSource(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const add = (specifier: string, typeOnly: boolean) => {
    const target = specifier.startsWith('.')
      ? join(dirname(path), specifier).replace(/\.js$/, '.ts')
      : undefined
    imports.push({ specifier, target, typeOnly })
  }
  walk(tree, node => {
    if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings
      const allTypes =
        bindings !== undefined &&
        ts.isNamedImports(bindings) &&
        bindings.elements.length > 0 &&
        bindings.elements.every(e => e.isTypeOnly)
      const whole = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      add((node.moduleSpecifier as ts.StringLiteral).text, whole || allTypes)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add((node.moduleSpecifier as ts.StringLiteral).text, node.isTypeOnly)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) add(argument.text, false)
    }
  })
  const parts = path.split('/')
  return { path, room: parts.length > 2 ? parts[1] : undefined, text, tree, imports }
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, child => walk(child, visit))
}

export const SOURCES: readonly Source[] = listFiles('src', path => path.endsWith('.ts')).map(path =>
  parseSource(path, readFileSync(join(ROOT, path), 'utf8')),
)
