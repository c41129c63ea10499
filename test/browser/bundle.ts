import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

/**
 * A program in one minified module for browsers, as a bundler makes it. What the package exports is found by its own name, so its compiled form is
 * what is bundled; an import of Node.js is an error.
 */
export async function bundled(program: string): Promise<string> {
  const folder = mkdtempSync(join(process.cwd(), 'dist', 'bundle-'))
  try {
    const input = join(folder, 'program.js')
    writeFileSync(input, program)
    const warnings: string[] = []
    const build = await rolldown({
      input,
      platform: 'browser',
      onLog: (_level, { code, message }) => warnings.push(`${code}: ${message}`),
    })
    const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false })
    await build.close()
    const faults = [...warnings, ...output[0].imports.map(name => `${name} is left outside`)]
    if (faults.length > 0) throw new Error(faults.join('\n'))
    return output[0].code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
