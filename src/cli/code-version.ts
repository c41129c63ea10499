import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../core/version.js'
import { cacheKey } from '../store/index.js'

let ofThisCode: readonly string[] | undefined

/** What runs: names, sizes and times of the files of this program, so that another build is another version, and Node.js. */
export function codeVersion(): readonly string[] {
  if (ofThisCode !== undefined) return ofThisCode
  const root = fileURLToPath(new URL('..', import.meta.url))
  const files = codeFiles(root).flatMap(path => {
    const { size, mtimeMs } = statSync(path)
    return [path.slice(root.length), `${size} ${mtimeMs}`]
  })
  ofThisCode = [cacheKey(files), VERSION, `${process.version} ${process.arch}`]
  return ofThisCode
}

/** Files of code below a folder, sorted; no declarations, which are not run. */
function codeFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return codeFiles(path)
    return /(?<!\.d)\.[jt]s$/.test(entry.name) ? [path] : []
  })
}
