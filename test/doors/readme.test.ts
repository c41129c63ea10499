import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatePlant } from '../../src/doors/index.js'
import { writeFrame } from '../../src/doors/io.js'
import { ROOT } from '../guards/sources.js'

/** When an event began and how long it lasted, which kind it is, and how many there are: not the last digits of scores, which differ between processors. */
const linesOfEvents = (text: string) => [
  ...(text.match(/^\d{4}-\S+ \S+ {2}[^:\n]*?(?=: )/gm) ?? []),
  ...(text.match(/^\d{4}-\S+ \S+ {2}\d+ (?:min|s)[\d a-z]*? {2}/gm) ?? []),
  ...(text.match(/^(?:\d+ events?;|labelled events found|samples: ).*$/gm) ?? []),
]

describe('the quick start of the README', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(ROOT, 'dist', 'quick-start-'))
    copyFileSync(join(ROOT, 'examples/data/mote-1.csv'), join(folder, 'mote-1.csv'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('shows the events that the program prints', () => {
    const page = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const [, train] = /^npx telltale (train .*? --out model)/m.exec(page) ?? []
    const [, detect, shown] = /^\$ npx telltale (detect .*)\n([\s\S]*?)^```/m.exec(page) ?? []
    const run = (line = '') =>
      execFileSync(process.execPath, [join(ROOT, 'dist/bin/telltale.js'), ...line.split(' ')], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    run(train)
    const wanted = linesOfEvents(run(detect))
    expect(wanted.length).toBeGreaterThan(6)
    expect(linesOfEvents(shown ?? '')).toEqual(wanted)
  })
})

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
