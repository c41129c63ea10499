import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { defineRoute, type Route } from './route.js'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** The files of the live page, read once: a path of a request only picks one of them by name. Without the folder there is no page. */
export async function pageRoutes(folder: string): Promise<Route[]> {
  const files = new Map<string, { readonly type: string; readonly bytes: Buffer }>()
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), { type, bytes: await readFile(path) })
  }
  const answer = (name: string) => {
    const file = files.get(name === '' ? 'index.html' : name)
    if (file === undefined)
      throw createError('route-unknown', { method: 'GET', path: `/app/${name}`.slice(0, 200) })
    return file
  }
  const page = (path: string, nameOf: (params: { '*'?: string }) => string) =>
    defineRoute({
      method: 'GET',
      path,
      summary: 'The live page',
      access: 'open',
      response: z.unknown(),
      responseType: 'text/html',
      async run({ params, reply }) {
        const { type, bytes } = answer(nameOf(params as { '*'?: string }))
        reply.type(type).send(bytes)
        return undefined
      },
    })
  return [page('/app/', () => ''), page('/app/*', params => params['*'] ?? '')]
}
