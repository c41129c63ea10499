import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatePlant } from '../../src/doors/index.js'
import { writeFrame } from '../../src/doors/io.js'
import { ROOT } from '../guards/sources.js'

const blocks = (page: string) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm)].map(match => match[1])

describe('programs on pages that read files', () => {
  // Inside the project, so that `import ... from 'telltale'` finds the package by its own name.
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(ROOT, 'dist', 'readme-'))
    const { train, test } = generatePlant({ rows: 1000, channels: 3, seed: 5 })
    await writeFrame(join(folder, 'history.csv'), { frame: train })
    await writeFrame(join(folder, 'later.csv'), { frame: test })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(['README.md', 'docs/library.md'])('find events: %s', page => {
    const program = blocks(page).find(block => block.includes("'history.csv'")) ?? ''
    writeFileSync(join(folder, 'program.mjs'), `${program}\nconsole.log('events', events.length)\n`)
    const output = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(Number(/^events (\d+)$/m.exec(output)?.[1])).toBeGreaterThan(0)
  })
})
