import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFiles, ROOT, SOURCES } from './sources.js'

interface Example {
  readonly where: string
  readonly lines: readonly string[]
}

const CLAIM = /^(.*?)\s*\/\/ => (.+)$/

/** The lines of every `@example` block of a text, without the stars. */
function examplesIn(path: string, text: string): Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(comment => {
    const line = text.slice(0, comment.index).split('\n').length
    const plain = comment[0].slice(3, -2).replace(/^\s*\* ?/gm, '')
    return [...plain.matchAll(/@example\s*\n([\s\S]*?)(?=\n\s*@\w+|$)/g)].map(match => ({
      where: `${path}:${line}`,
      lines: match[1]
        .split('\n')
        .filter(text => text.trim() !== '')
        .map(line => resolved(line, path)),
    }))
  })
}

/** Every block of JavaScript on a page that claims something. */
function examplesOf(path: string, page: string): Example[] {
  return [...page.matchAll(/^```js\n([\s\S]*?)^```/gm)]
    .map(match => ({
      where: `${path}:${page.slice(0, match.index).split('\n').length}`,
      lines: match[1].split('\n').filter(text => text.trim() !== ''),
    }))
    .filter(({ lines }) => lines.some(line => CLAIM.test(line)))
}

/** Relative imports are those of the source file, as it lies compiled in dist. */
function resolved(line: string, path: string): string {
  const folder = dirname(join(ROOT, path.replace(/^src/, 'dist')))
  return line.replace(
    /from '(\.{1,2}\/[^']+)'/,
    (_, to: string) => `from '${pathToFileURL(join(folder, to)).href}'`,
  )
}

/** A module that returns one `[expression, got, wanted]` per claim, both as JSON. */
function moduleOf({ lines }: Example): string {
  const body = lines.map(line => {
    const claim = CLAIM.exec(line)
    if (!claim) return line
    const [, expression, wanted] = claim
    return `claims.push([${JSON.stringify(expression)}, JSON.stringify(await (${expression})), JSON.stringify(${wanted})])`
  })
  return `const claims = []\n${body.join('\n')}\nexport default claims\n`
}

const EXAMPLES = [
  ...SOURCES.flatMap(({ path, text }) => examplesIn(path, text)),
  // docs/api.md repeats examples of docstrings.
  ...listFiles('docs', path => path.endsWith('.md') && !path.endsWith('/api.md')).flatMap(path =>
    examplesOf(path, readFileSync(join(ROOT, path), 'utf8')),
  ),
]
const REPORTER = `
const results = {}
for (const file of process.argv.slice(1)) {
  try { results[file] = (await import(file)).default }
  catch (error) { results[file] = [['the example', String(error), 'no error']] }
}
console.log(JSON.stringify(results))`

describe('examples in docstrings and on pages', () => {
  // Inside the project, so that \`import ... from 'telltale'\` finds the package by its own name.
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(ROOT, 'dist', 'examples-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function outcomes(examples: readonly Example[]): string[] {
    const files = examples.map((example, i) => {
      const file = join(folder, `${i}.mjs`)
      writeFileSync(file, moduleOf(example))
      return pathToFileURL(file).href
    })
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', REPORTER, ...files], {
      encoding: 'utf8',
    })
    const results: Record<string, [string, string, string][]> = JSON.parse(output)
    return examples.flatMap(({ where }, i) =>
      results[files[i]]
        .filter(([, got, wanted]) => got !== wanted)
        .map(([expression, got, wanted]) => `${where}: ${expression} is ${got}, not ${wanted}`),
    )
  }

  it('say what really happens', () => {
    expect(EXAMPLES.length).toBeGreaterThan(5)
    expect(outcomes(EXAMPLES)).toEqual([])
  })

  it('each make at least one claim', () => {
    const silent = EXAMPLES.filter(({ lines }) => !lines.some(line => CLAIM.test(line)))
    expect(silent.map(({ where }) => where)).toEqual([])
  })

  it('of public names import what is public', () => {
    const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8')
    expect(page.match(/^import .* from '\..*$/gm) ?? []).toEqual([])
  })

  it('are caught when they are wrong or cannot run', () => {
    const text = readFileSync(join(ROOT, 'src/core/options.ts'), 'utf8').replace(
      "'batch-size'\n",
      "'batch_size'\n",
    )
    const [wrong] = examplesIn('src/core/options.ts', text)
    const broken = { where: 'y.ts:1', lines: ['nothing() // => 1'] }
    expect(outcomes([wrong, broken])).toHaveLength(2)
  })
})
