import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { z } from 'zod'
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

/** The files of the live page, read once: a route for each file, and `/app/` for its `index.html`. Without the folder there is no page. */
export async function pageRoutes(folder: string): Promise<Route[]> {
  const routes: Route[] = []
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1).replaceAll('\\', '/')
    const url = `/app/${name === 'index.html' ? '' : name}`
    routes.push(fileRoute(url, 'A file of the live page', type, await readFile(path)))
  }
  return routes
}

/** The page that the `type` of a problem points to: every code with its meaning and remedy. */
export async function errorPageRoutes(file: URL): Promise<Route[]> {
  const bytes = await readFile(file).catch(() => undefined)
  const type = 'text/markdown; charset=utf-8'
  return bytes ? [fileRoute('/docs/errors.md', 'Codes of errors and their remedies', type, bytes)] : []
}

function fileRoute(path: string, summary: string, type: string, bytes: Buffer): Route {
  return defineRoute({
    method: 'GET',
    path,
    summary,
    access: 'open',
    response: z.unknown(),
    responseType: type,
    async run({ reply }) {
      reply.type(type).send(bytes)
      return undefined
    },
  })
}
