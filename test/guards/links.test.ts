import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './sources.js'

/** `## How it works` -> `how-it-works`, as code hosts make anchors. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-')
}

function anchorsIn(text: string): Set<string> {
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(match => anchorOf(match[1])))
}

function brokenLinks(path: string, text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(match => match[1])
    .filter(link => !/^(https?|mailto):/.test(link))
    .filter(link => {
      const [file, anchor] = link.split('#')
      const target = file ? join(ROOT, dirname(path), file) : join(ROOT, path)
      if (file && !existsSync(target)) return true
      return anchor !== undefined && !anchorsIn(file ? readFileSync(target, 'utf8') : text).has(anchor)
    })
    .map(link => `${path}: ${link}`)
}

const PAGES = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')

describe('links', () => {
  it('of every page lead somewhere', () => {
    expect(PAGES).toContain('README.md')
    expect(PAGES.flatMap(page => brokenLinks(page, readFileSync(join(ROOT, page), 'utf8')))).toEqual([])
  })

  it('are caught when they lead nowhere', () => {
    const text = '# One two\n[a](#one-two) [b](#three) [c](nowhere.md) [d](LICENSE) `[e](nowhere)`'
    expect(brokenLinks('README.md', text)).toEqual(['README.md: #three', 'README.md: nowhere.md'])
  })
})
