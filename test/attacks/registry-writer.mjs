// Saves, promotes, tags, deletes and prunes in a registry. Kills itself before the call number KILL of a function that changes files; 0 = never, `wait` = says when it is
// ready, so that it is killed from outside.
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

const { deleteVersion, loadModel, planPrune, promote, pruneVersion, saveModel, stageVersion, tagVersion } =
  await import(dist)
const model = await loadModel(fixture)
if (kill === 'wait') process.stdout.write('ready')
const registry = { folder, by: 'writer', now: () => new Date() }
const staged = await stageVersion(registry, 'pump')
await saveModel(model, staged.path)
const { number } = await staged.publish('')
const own = { name: 'pump', version: number }
await tagVersion(registry, own, 'by', String(process.pid), '')
await promote(registry, own, 'champion', '')
const extra = await stageVersion(registry, 'pump')
await saveModel(model, extra.path)
const spare = await extra.publish('')
// Another writer may prune it first.
await deleteVersion(registry, { name: 'pump', version: spare.number }, '').catch(error => {
  if (error.code !== 'model-unknown') throw error
})
for (const version of (await planPrune(registry, 'pump', 1)).remove) await pruneVersion(registry, version, '')
process.stdout.write(`done ${calls}`)
