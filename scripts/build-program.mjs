// Bundles the compiled command line into dist/bin: some ten files instead of 850, which halves the start-up time. Called by build.mjs.
import { chmodSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { rolldown } from 'rolldown'

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
rmSync(TARGET, { recursive: true, force: true })
const { output } = await build.write({ dir: TARGET, format: 'esm', chunkFileNames: '[name].js' })
await build.close()
if (warnings.length > 0) throw new Error(warnings.join('\n'))
for (const { fileName, isEntry } of output) if (isEntry) chmodSync(`${TARGET}/${fileName}`, 0o755)
