// Adds to package-lock.json the builds for other machines that npm left out because it could not reach them: without
// them `npm ci` refuses the file. Such an entry has no checksum, since nothing was downloaded. Run after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs'
import { readArguments } from './arguments.mjs'

readArguments(import.meta)
const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const CPU = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const parts = name.split('/').at(-1).split('-')
    const os = parts.filter(part => OS.includes(part))
    const cpu = parts.filter(part => CPU.includes(part))
    const path = `node_modules/${name}`
    if (lock.packages[path] || os.length === 0 || cpu.length === 0) continue
    const hasMusl = `${name}-musl` in optionalDependencies
    const libc = parts.includes('musl') ? ['musl'] : parts.includes('gnu') || hasMusl ? ['glibc'] : undefined
    lock.packages[path] = { version, cpu, ...(dev && { dev }), ...(libc && { libc }), optional: true, os }
  }
}
const [root, ...rest] = Object.entries(lock.packages)
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, 'en'))])
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
