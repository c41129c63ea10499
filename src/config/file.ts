import { isAbsolute, join, relative } from 'node:path'
import { isAlias, isMap, isScalar, LineCounter, type Node, parseDocument, stringify } from 'yaml'
import { createError, TelltaleError } from '../core/errors.js'
import { kebabCase } from '../core/options.js'
import { shortened } from '../core/safe-text.js'
import { readTextFile } from '../files/index.js'

/** Largest configuration file that is read. */
const SIZE_LIMIT_BYTES = 65_536
/** Lists in lists, or long forms of keys, on one line. */
const DEEP_LINE = /^[ \t]*(?:[-?:][ \t]+){10}|^(?:\?[^\n]*\n){100}/m

/** One option of a file: its kebab-case key, its value and its place such as `telltale.yaml:12`. */
export interface FileOption {
  readonly key: string
  readonly value: unknown
  readonly where: string
}

/** One section of a file. */
export interface FileSection {
  readonly name: string
  readonly where: string
  /** Its options; raises `config-unreadable` when the section is no mapping. */
  options(): FileOption[]
}

/**
 * Reads a configuration: a mapping of sections, each a mapping of options.
 *
 * Errors: `config-missing`, `file-unreadable`, `file-too-large`, `config-unreadable` (not UTF-8, not YAML, not a mapping).
 */
export async function readSections(path: string, cwd: string): Promise<FileSection[]> {
  const near = relative(cwd, path)
  const file = isAbsolute(near) || near.startsWith(join('..', '..', '..')) ? path : near
  return parseSections(await readText(path, file), file)
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return await readTextFile(path, SIZE_LIMIT_BYTES, { shown: file })
  } catch (cause) {
    if (!(cause instanceof TelltaleError)) throw cause
    const { reason } = cause.where
    if (cause.code === 'file-not-found' || reason === 'a part of its path is a file')
      throw createError('config-missing', { file }, cause)
    if (reason === 'it is not UTF-8 text')
      throw createError('config-unreadable', { file, reason, line: 1 }, cause)
    throw cause
  }
}

/** The sections of a text. Errors: `config-unreadable`. */
export function parseSections(text: string, file: string): FileSection[] {
  // The parser recurses, and compares every name with every other.
  const tooDeep = DEEP_LINE.exec(text)
  if (tooDeep !== null) {
    const line = text.slice(0, tooDeep.index).split('\n').length
    throw createError('config-unreadable', { file, reason: 'it is nested too deep', line })
  }
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false })
  const lineOf = (offset: number | undefined) => lineCounter.linePos(offset ?? 0).line
  const refuse = (reason: string, offset: number | undefined) =>
    createError('config-unreadable', { file, reason, line: lineOf(offset) })

  const [error] = document.errors
  if (error !== undefined) throw refuse(error.message, error.pos[0])

  const pairsOf = (node: unknown, wanted: string) => {
    if (node === null || (isScalar(node) && node.value === null)) return []
    if (!isMap(node)) throw refuse(wanted, (node as Node).range?.[0])
    const seen = new Set<string>()
    return node.items.map(({ key, value }) => {
      const offset = (key as Node | null)?.range?.[0]
      if (!isScalar(key)) throw refuse('a name must be plain text', offset)
      if (seen.has(String(key.value)))
        throw refuse(`${JSON.stringify(shortened(String(key.value), 100))} must be unique`, offset)
      seen.add(String(key.value))
      return { name: String(key.value), node: value, where: `${file}:${lineOf(offset)}` }
    })
  }

  const top = pairsOf(document.contents, 'the top level must be a mapping of sections, such as `train:`')
  return top.map(({ name, node, where }) => ({
    name,
    where,
    options() {
      const body = isAlias(node) ? (node.resolve(document) ?? node) : node
      const pairs = pairsOf(body, `${name} must be a mapping of options, such as \`window: 30\``)
      return pairs.map(pair => ({
        key: pair.name,
        value: pair.node === null ? null : toValue(pair.node as Node),
        where: pair.where,
      }))
    },
  }))

  function toValue(node: Node): unknown {
    try {
      return node.toJS(document)
    } catch (cause) {
      throw refuse((cause as Error).message, node.range?.[0])
    }
  }
}

/**
 * Sections of options as a configuration file; options without a value are left out.
 *
 * @example
 * import { configText } from './file.js'
 * configText({ train: { window: 24, batchSize: 32, units: undefined } }) // => 'train:\n  window: 24\n  batch-size: 32\n'
 */
export function configText(sections: Readonly<Record<string, object>>): string {
  const spelled = (options: object) =>
    Object.fromEntries(
      Object.entries(options)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [kebabCase(key), value]),
    )
  return stringify(
    Object.fromEntries(Object.entries(sections).map(([name, options]) => [name, spelled(options)])),
  )
}
