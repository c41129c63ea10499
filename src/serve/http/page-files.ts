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
    routes.push(fileRoute(name === 'index.html' ? '' : name, type, await readFile(path)))
  }
  return routes
}

function fileRoute(name: string, type: string, bytes: Buffer): Route {
  return defineRoute({
    method: 'GET',
    path: `/app/${name}`,
    summary: 'A file of the live page',
    access: 'open',
    response: z.unknown(),
    responseType: type,
    async run({ reply }) {
      reply.type(type).send(bytes)
      return undefined
    },
  })
}
