import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Model } from '../../src/model/index.js'
import {
  aliasTarget,
  ledgerOf,
  listModels,
  liveVersions,
  loadModel,
  noteVersion,
  promote,
  type Registry,
  readHistory,
  readVersions,
  removeAlias,
  removeDeleted,
  resolveModel,
  rollback,
  rollbackTarget,
  saveModel,
  stageVersion,
  tagVersion,
  versionPath,
} from '../../src/store/index.js'
import { fixturePath } from '../model/fixtures.js'
import { snapshot } from './commands.js'
import { type Attack, expectThat, pick, REFUSED, wellBehaved } from './runner.js'

const WRITER = join(import.meta.dirname, 'registry-writer.mjs')
const STORE = pathToFileURL(join(import.meta.dirname, '../../dist/store/index.js')).href
/** Attempts on one registry: its history grows with each. */
const PER_REGISTRY = 20
const registryIn = (folder: string): Registry => ({ folder, by: 'test', now: () => new Date() })

interface Ended {
  readonly code: number | null
  readonly printed: string
  readonly tookMs: number
}

/** Runs a writer: killed before a change of a file, or `afterMs` after it was ready. */
function write(folder: string, kill: number | 'wait', afterMs = 0): Promise<Ended> {
  const child = spawn(process.execPath, [WRITER, STORE, folder, fixturePath('z-score'), String(kill)])
  let printed = ''
  let readyMs = performance.now()
  child.stdout.on('data', text => {
    if (printed === '' && kill === 'wait') {
      readyMs = performance.now()
      setTimeout(() => child.kill('SIGKILL'), afterMs)
    }
    printed += text
  })
  child.stderr.on('data', text => {
    printed += text
  })
  return new Promise(resolve =>
    child.on('close', code => resolve({ code, printed, tookMs: performance.now() - readyMs })),
  )
}

/** Two writers at once, both killed: no half version is visible, nothing that is named is lost, the history is whole, and the next command cleans up. */
export function registryKills(folder: string): Attack {
  let whole: { readonly calls: number; readonly tookMs: number } | undefined
  return {
    name: 'kill -9 of two writers of a registry',
    short: 3,
    long: 500,
    limitMs: 120_000,
    make(random, k) {
      const shares = [random.uniform(), random.uniform()]
      const isByTime = k % 2 === 1
      return {
        what: `${isByTime ? 'time' : 'call'} ${shares.map(share => share.toFixed(3)).join(' ')}`,
        async run() {
          const registry = registryIn(join(folder, `r${Math.floor(k / PER_REGISTRY)}`, 'models'))
          mkdirSync(join(registry.folder, '..'), { recursive: true })
          whole ??= await measure(folder)
          const { calls, tookMs } = whole
          const outcomes = await Promise.all(
            shares.map(share =>
              isByTime
                ? write(registry.folder, 'wait', share * tookMs)
                : write(registry.folder, 1 + Math.floor(share * calls)),
            ),
          )
          for (const { code, printed } of outcomes)
            expectThat(code === null || /done \d+$/.test(printed), `a writer failed: ${code} ${printed}`)
          await checkWhole(registry)
          if (k % PER_REGISTRY === PER_REGISTRY - 1) rmSync(registry.folder, { recursive: true })
        },
      }
    },
  }
}

async function measure(folder: string) {
  const place = mkdtempSync(join(folder, 'whole-'))
  const calm = await write(join(place, 'models'), 0)
  const timed = await write(join(place, 'models'), 'wait', 3_600_000)
  rmSync(place, { recursive: true })
  const calls = Number(/done (\d+)$/.exec(calm.printed)?.[1])
  expectThat(calls > 0, `the writer itself fails: ${calm.printed}`)
  return { calls, tookMs: timed.tookMs }
}

async function checkWhole(registry: Registry): Promise<void> {
  // The first command after a crash cleans up.
  const staged = await stageVersion(registry, 'pump')
  await staged.discard()
  await noteIfAny(registry)
  const ledger = await removeDeleted(registry, 'pump')
  const versions = await liveVersions(registry, 'pump', ledger)
  const numbers = versions.map(({ number }) => number)
  for (const number of numbers) await loadModel(await resolveModel(`pump@${number}`, registry))
  for (const [alias, named] of ledger.aliases) {
    const needed = [named.at(-1), rollbackTarget(ledger, alias)].filter(number => number !== undefined)
    for (const number of needed)
      expectThat(numbers.includes(number), `${alias} names ${number}, which is lost`)
  }
  const place = join(registry.folder, 'pump')
  // Both may have been killed before there was anything.
  if (!existsSync(place)) return
  const left = ['.', 'versions', 'history'].flatMap(part =>
    readdirSync(join(place, part)).filter(name => name.includes('telltale-')),
  )
  expectThat(left.length === 0, `left behind: ${left}`)
  for (const number of ledger.deleted) {
    const kept = readdirSync(join(versionPath(registry, { name: 'pump', number }), '..'))
    expectThat(kept.join() === 'version.json', `of the deleted version ${number}: ${kept}`)
  }
}

/** A change of the history, by which what others left there goes. */
async function noteIfAny(registry: Registry): Promise<void> {
  const ledger = ledgerOf(await readHistory(registry, 'pump'))
  const version = aliasTarget(ledger, 'champion')
  if (version !== undefined) await noteVersion(registry, { name: 'pump', version }, 'checked', '')
}

/** Apart from each other in the order of attempts; a prime, so that in the end every byte has had its turn. */
const STRIDE = 7919

/** Any flipped byte of any file of a registry is refused by what reads it. The long form flips every one. */
export function registryBytes(folder: string, model: Model): Attack {
  const registry = registryIn(join(folder, 'models'))
  let bytes: readonly { readonly file: string; readonly at: number }[] | undefined
  async function prepare() {
    const staged = await stageVersion(registry, 'pump')
    await saveModel(model, staged.path)
    await staged.publish('')
    const own = { name: 'pump', version: 1 }
    await promote(registry, own, 'champion', '')
    await tagVersion(registry, own, 'site', 'north', '')
    return readdirSync(registry.folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .flatMap(file => Array.from(readFileSync(file), (_, at) => ({ file, at })))
  }
  return {
    name: 'a flipped byte of a registry',
    short: 100,
    long: 25_000,
    make(random, k) {
      const bit = random.integer(8)
      return {
        what: `byte ${k}, bit ${bit}`,
        async run() {
          bytes ??= await prepare()
          const { file, at } = bytes[(k * STRIDE) % bytes.length]!
          const whole = readFileSync(file)
          const flipped = Buffer.from(whole)
          flipped[at]! ^= 1 << bit
          writeFileSync(file, flipped)
          try {
            await listModels(registry)
            await loadModel(await resolveModel('pump@champion', registry))
          } catch (error) {
            expectThat((error as { kind?: string }).kind === 'artefact', `${file}, byte ${at}: ${error}`)
            return REFUSED
          } finally {
            writeFileSync(file, whole)
          }
          throw new Error(`${file}, byte ${at}: it was read as if nothing had changed`)
        },
      }
    },
  }
}

const PATHS = [
  '..',
  '.',
  '../pump',
  '/etc',
  'a/b',
  'a\\b',
  'C:',
  '~',
  'pump\0',
  'pump\n',
  'pu\u001bmp',
  'pump\u202e',
  '',
  ' ',
  'con',
  'x'.repeat(300),
]

/** Names of models, versions and aliases that are paths, or steer a terminal: refused, and nothing appears or goes anywhere. */
export function registryNames(folder: string, model: Model): Attack {
  const registry = registryIn(join(folder, 'models'))
  const doors: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
    'a new model': name => stageVersion(registry, name),
    'the versions of a model': name => readVersions(registry, name),
    'the history of a model': name => readHistory(registry, name),
    'what is deleted of a model': name => removeDeleted(registry, name),
    'a model to promote': name => promote(registry, { name, version: 1 }, 'champion', ''),
    'a model to roll back': name => rollback(registry, name, 'champion', ''),
    'an alias': name => promote(registry, { name: 'pump', version: 1 }, name, ''),
    'an alias to remove': name => removeAlias(registry, 'pump', name, ''),
    'an alias as a version': name => noteVersion(registry, { name: 'pump', version: name }, '', ''),
    'a version to read': name => resolveModel(`${name}@1`, registry).then(path => loadModel(path)),
  }
  const cases = Object.keys(doors)
    .flatMap(door => PATHS.map(name => [door, name] as const))
    // An alias is a word in a record and never the name of a file: one like a device of Windows harms nothing.
    .filter(([door, name]) => !(name === 'con' && door.includes('alias')))
  return {
    name: 'names in a registry that are paths',
    short: 32,
    long: cases.length,
    make(random, k) {
      const [door, name] = k < cases.length ? cases[(k * 61) % cases.length]! : pick(random, cases)
      return {
        what: `${door}: ${JSON.stringify(name)}`,
        async run() {
          if (!existsSync(registry.folder)) {
            const staged = await stageVersion(registry, 'pump')
            await saveModel(model, staged.path)
            await staged.publish('')
          }
          const before = snapshot(folder)
          const outcome = await wellBehaved(() => doors[door]!(name))
          expectThat(outcome === REFUSED, `${door} ${JSON.stringify(name)} was taken`)
          const after = snapshot(folder)
          expectThat(JSON.stringify([...after]) === JSON.stringify([...before]), 'files changed')
          return REFUSED
        },
      }
    },
  }
}
