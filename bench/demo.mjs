// Time from nothing to the first explained alarm: packs this package, installs it into an empty folder with an empty npm cache, and starts `telltale demo`.
// Usage: node bench/demo.mjs. Prints seconds of each part; exits 1 when the whole takes longer than 60 s.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments } from '../scripts/arguments.mjs'

readArguments(import.meta)
const LIMIT_S = 60
const folder = mkdtempSync(join(tmpdir(), 'telltale-demo-'))
const quiet = { stdio: ['ignore', 'pipe', 'inherit'] }
const seconds = from => Math.round((performance.now() - from) / 100) / 10

function install() {
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], quiet)
  const [file] = readdirSync(folder).filter(name => name.endsWith('.tgz'))
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const from = performance.now()
  const options = ['--cache', join(folder, 'cache'), '--no-audit', '--no-fund', '--omit=peer']
  execFileSync('npm', ['install', ...options, join(folder, file)], { ...quiet, cwd: folder })
  return seconds(from)
}

/** Resolves with the first alarm that is explained. */
function firstAlarm() {
  const from = performance.now()
  const demo = spawn(join(folder, 'node_modules/.bin/telltale'), ['demo', '--port', '0'], {
    ...quiet,
    cwd: folder,
  })
  return new Promise((resolve, reject) => {
    let text = ''
    let found
    let ready
    demo.stdout.on('data', bytes => {
      text += bytes
      if (ready === undefined && /http:\/\//.test(text)) ready = seconds(from)
      const alarm = /^alarm: .+$/m.exec(text)?.[0]
      if (alarm === undefined || found !== undefined) return
      found = { ready, alarm, alarmAfter: seconds(from) }
      demo.kill('SIGINT')
    })
    demo.once('exit', code => {
      if (found) resolve(found)
      else reject(new Error(`telltale demo ended with ${code}: ${text}`))
    })
  })
}

try {
  const installed = install()
  const { ready, alarm, alarmAfter } = await firstAlarm()
  const total = Math.round((installed + alarmAfter) * 10) / 10
  console.log(
    JSON.stringify({
      installed,
      pageAfter: ready,
      alarmAfter,
      total,
      alarm,
      machineLoad: Number(loadavg()[0].toFixed(1)),
    }),
  )
  process.exitCode = total <= LIMIT_S ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
