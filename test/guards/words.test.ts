import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { listFiles, parseSource, ROOT, walk } from './sources.js'

/** Words that were replaced, and what to write instead. The terms of the field are in docs/glossary.md. */
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bmend(s|ed|ing)?\b/i, 'archaic: fix'],
  [/\b(tell|tells|told|telling)\b/i, 'report, print, show, say, distinguish'],
  [/\blook(s|ed)? after\b/i, 'check'],
  [/\bthe least that\b/i, 'at least'],
  [/\bso many\b/i, 'the number, or "this many"'],
  [/\bas (it|they) stands?\b/i, 'unchanged'],
  [/\bin a row\b/i, 'consecutive; a sequence of'],
  [/\bexclude each other\b/i, 'are mutually exclusive'],
  [/\bnobody\b/i, 'unknown, ignored'],
  [/\bwoken\b/i, 'led to an event'],
  [/\banew\b/i, 'again'],
  [/\bsqueezed\b/i, 'the size of the latent vector'],
  [/\b(dearest|gravest)\b/i, 'most expensive, most severe'],
  [/\bfor people\b/i, 'as text'],
  [
    /\bpromis(e|es|ed) (about|at most|that|no|nothing|of)\b|\b(alarm|as) promise[sd]?\b/i,
    'expected alarm rate',
  ],
  [/\b(is|are) wanted\b/i, 'it must be; is expected'],
  [/\bhears?\b/i, 'is called with; receives'],
  [/\b(bring|brings|brought)\b.{0,30}\bback\b/i, 'restore'],
  [/\b(go|goes|went) on\b/i, 'continue'],
  [/\bnearest windows\b/i, 'nearest-neighbour distance between windows (1-NN)'],
  [/\brail\b/i, 'saturated'],
  [/\b(judge|judges|judged|judging)\b/i, 'check data, score samples, evaluate models'],
  [/\bstretch(es)?\b/i, 'interval, run, segment'],
  [/\bin pieces\b/i, 'in parts'],
  [/\bwas well\b/i, 'operated normally'],
  [/\bflatter(s|ing)?\b/i, 'optimistic'],
  [/--alignment (covering|end)\b/, 'two-sided, causal'],
]

/** Written from the sources, which are checked themselves. */
const GENERATED = ['docs/api.md', 'docs/cli.md', 'docs/errors.md', 'docs/issues.md']

/** The comments and texts of a source file; names of code are no prose. */
function proseOf(path: string, text: string): string[] {
  const prose: string[] = []
  const comments = new Map<number, string>()
  walk(parseSource(path, text).tree, node => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ]
    for (const { pos, end } of ranges) comments.set(pos, text.slice(pos, end))
    if (isText(node)) prose.push(node.text)
  })
  const plain = (comment: string) =>
    comment
      .replace(/@example[\s\S]*?(?=\n\s*\* @|$)/g, '')
      .replace(/`[^`\n]*`/g, '')
      .replace(/\s*\n\s*(\*|\/\/) ?/g, ' ')
  return [...prose.filter(value => value.includes(' ')), ...[...comments.values()].map(plain)]
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  return (
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
  )
}

/** The paragraphs of a page, without code. */
function paragraphsOf(page: string): string[] {
  const prose = page.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  return prose.split(/\n\s*\n/).map(paragraph => paragraph.replace(/\s+/g, ' '))
}

function bannedIn(path: string, text: string): string[] {
  const prose = path.endsWith('.md') ? paragraphsOf(text) : proseOf(path, text)
  return prose.flatMap(passage =>
    BANNED.flatMap(([pattern, instead]) => {
      const found = pattern.exec(passage)
      if (found === null) return []
      const context = passage.slice(Math.max(0, found.index - 40), found.index + 40).trim()
      return [`${path}: "${found[0]}" in "${context}" -> ${instead}`]
    }),
  )
}

const PAGES = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md'].filter(path =>
  existsSync(join(ROOT, path)),
)
const FILES = [
  ...listFiles('src', path => path.endsWith('.ts')),
  ...listFiles('docs', path => path.endsWith('.md')),
  ...PAGES,
].filter(path => !GENERATED.includes(path))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

describe('words', () => {
  it('that were replaced by plain terms do not come back', () => {
    const offences = FILES.flatMap(path => bannedIn(path, read(path)))
    expect(offences).toEqual([])
  })

  it('are found in comments, texts and pages, but not in code', () => {
    const code =
      "/** Mend it. */\nconst judge = 'a time is wanted'\n/** See `judge`. */\nconst b = `two in a row`\n"
    expect(bannedIn('src/x/x.ts', code).map(fault => fault.split('"')[1])).toEqual([
      'is wanted',
      'in a row',
      'Mend',
    ])
    expect(bannedIn('docs/x.md', '`tell`\n\nIt\ntells.\n\n```\ntold\n```\n')).toHaveLength(1)
  })
})
