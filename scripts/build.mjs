// Compiles src/ to dist/, and bundles the command line and the live page. Runs on `npm ci` (prepare), so it uses nothing but what is in node_modules.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { readArguments } from './arguments.mjs'

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
if (readArguments(import.meta, { clean: { type: 'boolean', default: false } }).values.clean)
  rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
await import('./build-program.mjs')
await import('./build-page.mjs')
