import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const FOLDER = 'test/cases'
/** Public reports, and points of the second trial. */
const [REPORTS, POINTS] = [59, 43]

it('every report and every point of the second trial has a test of its own: `grep -rn "case 12:" test/cases` finds number 12', () => {
  const text = readdirSync(FOLDER)
    .filter(name => name !== 'complete.test.ts')
    .map(name => readFileSync(`${FOLDER}/${name}`, 'utf8'))
    .join('\n')
  const numbers = (prefix: string, most: number) =>
    Array.from({ length: most }, (_, i) => `${prefix}${i + 1}`).filter(
      number => !new RegExp(`case ${number}\\b[:']`).test(text),
    )
  expect([...numbers('', REPORTS), ...numbers('B', POINTS)]).toEqual([])
})
