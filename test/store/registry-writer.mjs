// Adds, promotes, deletes and finishes deletions in a registry, and kills itself before the call number KILL of a function that changes files.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [dist, folder, fixture, kill] = process.argv.slice(2)
let calls = 0
for (const name of ['link', 'mkdir', 'open', 'rename', 'rm', 'rmdir', 'unlink']) {
  const real = fs.promises[name]
  fs.promises[name] = (...args) => {
    const writes = name !== 'open' || args[1] === 'wx'
    if (writes && ++calls === Number(kill)) process.kill(process.pid, 'SIGKILL')
    return real(...args)
  }
}
syncBuiltinESMExports()

const { loadModel, planPrune, promote, pruneVersion, saveModel, stageVersion } = await import(dist)
const registry = { folder, by: 'writer', now: () => new Date() }
const staged = await stageVersion(registry, 'pump')
await saveModel(await loadModel(fixture), staged.path)
const { number } = await staged.publish('')
await promote(registry, { name: 'pump', version: number }, 'champion', '')
for (const version of (await planPrune(registry, 'pump', 1)).remove) await pruneVersion(registry, version, '')
process.stdout.write(String(calls))
