// Bundles the compiled command line into dist/bin: some ten files instead of 850, which halves the start-up time. Called by build.mjs.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { readArguments } from './arguments.mjs'

readArguments(import.meta)
const TARGET = 'dist/bin'

/** Modules find their neighbours (worker threads, files of the page) from where they were compiled to, not from the bundle. */
const ownPlace = {
  name: 'own-place',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null
    const from = relative(TARGET, id).replaceAll('\\', '/')
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(from)}, import.meta.url).href`)
  },
}

const warnings = []
const build = await rolldown({
  input: { telltale: 'dist/cli/main.js' },
  platform: 'node',
  // Packages stay where npm put them.
  external: id => !id.startsWith('.') && !id.startsWith(process.cwd()),
  plugins: [ownPlace],
  onLog: (_level, { code, message }) => warnings.push(`${code}: ${message}`),
})
const { output } = await build.generate({ format: 'esm', chunkFileNames: '[name].js' })
await build.close()
if (warnings.length > 0) throw new Error(warnings.join('\n'))

// Each file is replaced at once, so that a program that starts meanwhile finds all of them.
mkdirSync(TARGET, { recursive: true })
for (const { fileName, code, isEntry } of output) {
  const path = join(TARGET, fileName)
  writeFileSync(`${path}.new`, code, { mode: isEntry ? 0o755 : 0o644 })
  renameSync(`${path}.new`, path)
}
const made = new Set(output.map(({ fileName }) => fileName))
for (const name of readdirSync(TARGET)) if (!made.has(name)) rmSync(join(TARGET, name))
