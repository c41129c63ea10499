import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './sources.js'

/** A new dependency needs a decision record, then a name here. */
const ALLOWED = [
  '@bufbuild/protobuf',
  '@duckdb/node-api',
  '@noble/hashes',
  '@opentelemetry/api',
  '@platformatic/kafka',
  '@resvg/resvg-js',
  '@uwdata/flechette',
  'commander',
  'fastify',
  'mqtt',
  'nodemailer',
  'pino',
  'prom-client',
  'read-excel-file',
  'ws',
  'yaml',
  'zod',
]
/** Packages in the production tree, without the builds for other machines of one package. */
const MOST_PACKAGES = 62

interface Locked {
  readonly dev?: boolean
  readonly os?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly resolved?: string
  readonly hasInstallScript?: boolean
}
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'))
const manifest = read('package.json')
const locked: [string, Locked][] = Object.entries(read('package-lock.json').packages)
const production = locked.filter(([path, entry]) => path !== '' && !entry.dev)

describe('dependencies', () => {
  it('are exactly the allowed ones, pinned to one version', () => {
    const all: Record<string, string> = {
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    }
    expect(Object.keys(all).sort()).toEqual(ALLOWED)
    expect(Object.entries(all).filter(([, version]) => !/^\d/.test(version))).toEqual([])
  })

  it('are optional where only some need them', () => {
    expect(Object.keys(manifest.peerDependencies)).toEqual(Object.keys(manifest.peerDependenciesMeta))
    for (const meta of Object.values(manifest.peerDependenciesMeta)) expect(meta).toEqual({ optional: true })
  })

  it('stay within the budget of packages', () => {
    const portable = production.filter(([, entry]) => !entry.os)
    expect(portable.length).toBeLessThanOrEqual(MOST_PACKAGES)
  })

  it('run no script when they are installed', () => {
    expect(production.filter(([, entry]) => entry.hasInstallScript).map(([path]) => path)).toEqual([])
  })

  it('are locked with the builds for every machine', () => {
    const paths = new Set(locked.map(([path]) => path))
    const named = locked.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}))
    // What is missing is added by scripts/complete-lock.mjs.
    expect(named.filter(name => !paths.has(`node_modules/${name}`))).toEqual([])
  })

  it('are locked without the address of a registry', () => {
    expect(locked.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([])
  })
})
