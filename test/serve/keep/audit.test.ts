import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAudit } from '../../../src/serve/keep/audit.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-audit-'))
  path = join(folder, 'audit.log')
  const audit = await openAudit(path, () => 0)
  for (const subject of ['a', 'b', 'c']) await audit.add({ by: 'me', action: 'do', subject, requestId: '1' })
  await audit.close()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const subjects = async () => {
  const audit = await openAudit(path, () => 0)
  const found = (await audit.list(10)).map(({ subject }) => subject)
  await audit.close()
  return found
}

describe('audit log', () => {
  it('continues after a restart, newest first', async () => {
    const audit = await openAudit(path, () => 0)
    await audit.add({ by: 'me', action: 'do', subject: 'd', requestId: '2' })
    await audit.close()
    expect(await subjects()).toEqual(['d', 'c', 'b', 'a'])
  })

  it('cuts off a line that was not written whole', async () => {
    await appendFile(path, 'half a li')
    expect(await subjects()).toEqual(['c', 'b', 'a'])
  })

  it.each([
    ['changed', (lines: string[]) => lines.map(line => line.replace('"b"', '"x"')), 'line 2'],
    ['left out', (lines: string[]) => lines.filter(line => !line.includes('"b"')), 'line 2'],
    ['moved', ([a, b, ...rest]: string[]) => [b, a, ...rest], 'line 1'],
  ])('notices a line that was %s', async (_, change, file) => {
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    await writeFile(path, `${change(lines).join('\n')}\n`)
    await expect(openAudit(path, () => 0)).rejects.toMatchObject({
      code: 'artefact-damaged',
      where: { file },
    })
  })
})
