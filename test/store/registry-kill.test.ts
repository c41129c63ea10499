import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  aliasTarget,
  ledgerOf,
  liveVersions,
  loadModel,
  planPrune,
  type Registry,
  readHistory,
  removeDeleted,
  resolveModel,
  rollbackTarget,
  saveModel,
  stageVersion,
} from '../../src/store/index.js'
import { fixturePath } from '../model/fixtures.js'

const WRITER = fileURLToPath(new URL('registry-writer.mjs', import.meta.url))
const STORE = pathToFileURL('dist/store/index.js').href
/** Writers that are killed: `TELLTALE_KILLS=200 npx vitest run test/store/registry-kill.test.ts` takes minutes. */
const KILLS = Number(process.env.TELLTALE_KILLS ?? 12)

let registry: Registry
beforeEach(() => {
  registry = {
    folder: join(mkdtempSync(join(tmpdir(), 'telltale-kill-')), 'models'),
    by: 'test',
    now: () => new Date(),
  }
})
afterEach(() => rmSync(join(registry.folder, '..'), { recursive: true }))

/** Runs a writer that is killed before its `kill`-th change of a file; returns what it printed. */
function write(kill: number): Promise<{ readonly code: number | null; readonly printed: string }> {
  const child = spawn(process.execPath, [
    WRITER,
    STORE,
    registry.folder,
    fixturePath('z-score'),
    String(kill),
  ])
  let printed = ''
  child.stdout.on('data', text => {
    printed += text
  })
  child.stderr.on('data', text => {
    printed += text
  })
  return new Promise(resolve => child.on('close', code => resolve({ code, printed })))
}

/** Everything that the history says is there, and can be loaded. */
async function check(): Promise<number> {
  const ledger = ledgerOf(await readHistory(registry, 'pump'))
  const versions = await liveVersions(registry, 'pump', ledger)
  const numbers = versions.map(({ number }) => number)
  for (const number of numbers) await loadModel(await resolveModel(`pump@${number}`, registry))
  const needed = [aliasTarget(ledger, 'champion'), rollbackTarget(ledger, 'champion')]
  for (const number of needed) if (number !== undefined) expect(numbers).toContain(number)
  return versions.length
}

it('writers that are killed at any change of a file, two at once, leave no half version and lose nothing', async () => {
  const first = await write(0)
  expect(first.printed).toMatch(/^\d+$/)
  const calls = Number(first.printed)
  for (let k = 0; k < KILLS; k += 2) {
    const points = [k, k + 1].map(k => 1 + (Math.floor((k * calls) / Math.min(KILLS, calls)) % calls))
    const outcomes = await Promise.all(points.map(write))
    for (const { code, printed } of outcomes)
      if (code !== null) expect([code, printed]).toEqual([0, expect.stringMatching(/^\d+$/)])
    await check()
  }
  const staged = await stageVersion(registry, 'pump')
  await saveModel(await loadModel(fixturePath('z-score')), staged.path)
  await staged.publish('after the crashes')
  await removeDeleted(registry, 'pump')
  expect(await check()).toBeGreaterThan(0)
  expect((await planPrune(registry, 'pump', 1)).keep.length).toBeGreaterThan(0)
  const left = readdirSync(join(registry.folder, 'pump', 'versions')).filter(name =>
    name.endsWith('.telltale-new'),
  )
  expect(left).toEqual([])
}, 120_000)
