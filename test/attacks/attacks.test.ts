import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { saveModel } from '../../src/store/index.js'
import { SMALL, smallTable, telltale } from '../cli/world.js'
import { forgedModels, history, makeModels } from './artefacts.js'
import { hostileTexts, optionCombinations, outputsThatAreInputs, strangeFiles } from './commands.js'
import { escapes, misuse } from './library.js'
import { LARGE_ATTACK, PARSER_ATTACKS } from './parsers.js'
import { kills, streams } from './processes.js'
import { registryBytes, registryKills, registryNames } from './registry.js'
import { type Attack, type Outcome, runAttack } from './runner.js'
import { closeServerUnderAttack, SERVER_ATTACKS } from './server.js'
import { tableAttacks } from './tables.js'

/**
 * `ATTACK=long` for the long form; `ATTACK_ONLY` parts of names with `|` between them, `ATTACK_SHARE` of the attempts, `ATTACK_SEED` another seed,
 * `ATTACK_KERNELS=reference` without the WebAssembly kernels, here and in every process that is started.
 */
const {
  ATTACK,
  ATTACK_ONLY = '',
  ATTACK_SHARE = '1',
  ATTACK_SEED = '1',
  ATTACK_REPORT,
  ATTACK_KERNELS,
} = process.env
const isLong = ATTACK === 'long'
if (ATTACK_KERNELS === 'reference') {
  // As on a processor without SIMD. All of WebAssembly cannot go: the HTTP client of Node.js needs it.
  Object.assign(Reflect.get(globalThis, 'WebAssembly'), { validate: () => false })
  process.env.NODE_OPTIONS = '--import=data:text/javascript,WebAssembly.validate=()=%3Efalse'
}

const folder = mkdtempSync(join(tmpdir(), 'telltale-attacks-'))
afterAll(async () => {
  await closeServerUnderAttack()
  rmSync(folder, { recursive: true, force: true })
})
const place = (name: string) => {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  return path
}

const models = await makeModels()
writeFileSync(join(folder, 'data.csv'), smallTable())
const trained = await telltale(
  ['train', 'data.csv', '--rows', ':480', '--out', 'small', ...SMALL, '--architecture', 'dense-ae'],
  { cwd: folder },
)
if (trained.code !== 0) throw new Error(trained.stderr)
const model = join(folder, 'small')
await saveModel(models[0]!, join(folder, 'z'))

/** Every kind of attack. A new door adds its own here. */
const ATTACKS: readonly Attack[] = [
  outputsThatAreInputs(place('a'), model),
  strangeFiles(place('b'), model),
  forgedModels(models),
  ...tableAttacks(place('c'), models),
  hostileTexts(place('d'), model),
  misuse({ model: models[0]!, frame: history, folder: place('e') }),
  escapes(place('f')),
  optionCombinations(place('g'), model),
  ...PARSER_ATTACKS,
  LARGE_ATTACK,
  streams(place('h'), model),
  kills(place('i'), model, place('tmp')),
  registryKills(place('j')),
  registryBytes(place('k'), models[0]!),
  registryNames(place('l'), models[0]!),
  ...SERVER_ATTACKS,
]

describe('attacks', () => {
  const outcomes: Outcome[] = []
  for (const attack of ATTACKS.filter(({ name }) => ATTACK_ONLY.split('|').some(part => name.includes(part))))
    it(
      `of the kind "${attack.name}" fail`,
      async () => {
        const count = Math.ceil((isLong ? attack.long : attack.short) * Number(ATTACK_SHARE))
        const outcome = await runAttack(attack, count, Number(ATTACK_SEED))
        outcomes.push(outcome)
        if (ATTACK_REPORT) writeFileSync(ATTACK_REPORT, JSON.stringify(outcomes, null, 1))
        expect(outcome.failures.join('\n')).toBe('')
      },
      isLong ? 24 * 3_600_000 : 60_000,
    )
})
