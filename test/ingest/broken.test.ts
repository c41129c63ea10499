import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TelltaleError } from '../../src/core/errors.js'
import { readTable } from '../../src/ingest/index.js'

type Place = Record<string, string | number | { matches: string }>
const FOLDER = 'test/fixtures/broken'
const EXPECTED: Record<string, { code: string; where: Place }> = JSON.parse(
  readFileSync(`${FOLDER}/expected.json`, 'utf8'),
)

const failure = (file: string): Promise<TelltaleError> =>
  readTable(file).then(
    () => expect.fail(`${file} was read`),
    error => error,
  )

describe('a broken table', () => {
  it('has an expected outcome for each fixture', () => {
    const files = readdirSync(FOLDER).filter(name => name !== 'expected.json' && name !== 'README.md')
    expect(files.sort()).toEqual(Object.keys(EXPECTED).sort())
  })

  it.each(Object.entries(EXPECTED))('%s is refused with its place', async (name, { code, where }) => {
    const error = await failure(`${FOLDER}/${name}`)
    expect(error).toBeInstanceOf(TelltaleError)
    expect(`${error.code}: ${error.message}`).toContain(`${code}: `)
    for (const [key, wanted] of Object.entries(where)) {
      if (typeof wanted === 'object') expect(error.where[key]).toMatch(new RegExp(wanted.matches))
      else expect(error.where[key]).toBe(wanted)
    }
  })

  it('is refused when it is a folder without tables, missing, or below a file', async () => {
    expect((await failure('test/ingest')).code).toBe('file-unreadable')
    expect((await failure(`${FOLDER}/none.csv`)).code).toBe('file-not-found')
    expect((await failure(`${FOLDER}/expected.json/x.csv`)).code).toBe('file-unreadable')
  })
})
