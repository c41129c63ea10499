// Checks the package as it would be published: its entries, their types and what its manifest says. Packs it, or takes a packed one as argument.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments } from './arguments.mjs'

function run(program, ...options) {
  const { status } = spawnSync('npx', ['--no-install', program, ...options], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}

const [given] = readArguments(import.meta, {}, [0, 1]).positionals
const folder = mkdtempSync(join(tmpdir(), 'telltale-package-'))
try {
  const pack = () =>
    JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
        encoding: 'utf8',
      }),
    )[0]
  const file = given ?? join(folder, pack().filename)
  // The package is an ES module; `require` takes it since Node.js 20.19, which attw calls by its older name.
  run('attw', file, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji')
  run('publint', 'run', file, '--strict')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
