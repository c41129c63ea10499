// A session of the packed package that is saved by one Node.js and continued by another: `begin FOLDER`, then `continue FOLDER`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  generatePlant,
  loadModel,
  openSession,
  sampleCount,
  saveModel,
  sliceFrame,
  stateFromBytes,
  stateToBytes,
  trainModel,
} from 'telltale'

const [step, folder] = process.argv.slice(2)
const { train, test } = generatePlant({ rows: 900, channels: 4, seed: 3 })
const CUT = 400
const MODELS = {
  auto: { window: 20 },
  network: { detector: 'autoencoder', window: 12, epochs: 1, units: 8, latent: 4 },
}

/** The bits of all scores from a sample on, and what happened to events. */
function scoresFrom(session, start) {
  const { scored, events } = session.push(sliceFrame(test, start, sampleCount(test)))
  const last = session.finish()
  return JSON.stringify({
    bits: [...new Uint32Array(scored.score.buffer), ...new Uint32Array(last.scored.score.buffer)],
    events: [...events, ...last.events],
  })
}

for (const [name, settings] of Object.entries(MODELS)) {
  const path = file => join(folder, `${name}.${file}`)
  if (step === 'begin') {
    const model = await trainModel(train, settings)
    await saveModel(model, path('model'))
    const session = openSession(model)
    session.push(sliceFrame(test, 0, CUT))
    writeFileSync(path('state'), stateToBytes(session.state()))
    writeFileSync(path('scores'), scoresFrom(session, CUT))
  } else {
    const state = stateFromBytes(readFileSync(path('state')))
    const session = openSession(await loadModel(path('model')), {}, state)
    const isEqual = scoresFrom(session, CUT) === readFileSync(path('scores'), 'utf8')
    console.log(`${name}: ${process.version} continues with ${isEqual ? 'equal' : 'OTHER'} bits`)
    if (!isEqual) process.exitCode = 1
  }
}
