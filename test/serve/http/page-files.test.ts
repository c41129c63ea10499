import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pageRoutes } from '../../../src/serve/http/page-files.js'

/** What a route sends. */
async function sent(route: Awaited<ReturnType<typeof pageRoutes>>[number]) {
  const got = { type: '', body: '' }
  const reply = {
    type(type: string) {
      got.type = type
      return reply
    },
    send: (bytes: Buffer) => {
      got.body = bytes.toString()
    },
  }
  await route.run({ reply } as unknown as Parameters<typeof route.run>[0])
  return [route.path, got.type, got.body]
}

describe('the files of the page', () => {
  it('are sent each at its own path with its own type', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'telltale-page-'))
    try {
      for (const name of ['index.html', 'page.js', 'page.css', 'notes.txt'])
        await writeFile(join(folder, name), name)
      const all = await Promise.all((await pageRoutes(folder)).map(sent))
      expect(all.sort()).toEqual([
        ['/app/', 'text/html; charset=utf-8', 'index.html'],
        ['/app/page.css', 'text/css; charset=utf-8', 'page.css'],
        ['/app/page.js', 'text/javascript; charset=utf-8', 'page.js'],
      ])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('are none without the folder', async () => {
    expect(await pageRoutes('/does/not/exist')).toEqual([])
  })
})
