// Bundles browser/live into the files that the server sends for its page: dist/serve/page/. Called by build.mjs.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { readArguments } from './arguments.mjs'

readArguments(import.meta)
const SOURCE = 'browser/live'
const TARGET = 'dist/serve/page'
const require = createRequire(import.meta.url)
const packageFile = (name, file) => join(dirname(require.resolve(`${name}/package.json`)), file)

/** Everything in one module; an import that is left outside is an error. */
async function script() {
  const warnings = []
  const build = await rolldown({
    input: join(SOURCE, 'main.tsx'),
    platform: 'browser',
    resolve: { extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
    transform: { target: 'es2023' },
    onLog: (_level, { code, message }) => warnings.push(`${code}: ${message}`),
  })
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false })
  await build.close()
  const faults = [...warnings, ...output[0].imports.map(name => `${name} is left outside`)]
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return output[0].code
}

/** The licences of what is in the bundle ask for their text in every copy. */
const licences = ['preact', 'uplot']
  .map(name => `${name}\n\n${readFileSync(packageFile(name, 'LICENSE'), 'utf8')}`)
  .join('\n\n')
const style = [packageFile('uplot', 'dist/uPlot.min.css'), join(SOURCE, 'page.css')]
  .map(path => readFileSync(path, 'utf8'))
  .join('\n')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\n\s*/g, '\n')

mkdirSync(TARGET, { recursive: true })
writeFileSync(join(TARGET, 'page.js'), `/*!\n${licences}\n*/\n${await script()}`)
writeFileSync(join(TARGET, 'page.css'), style)
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(SOURCE, name), join(TARGET, name))
