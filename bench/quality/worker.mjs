// A process of the benchmark: takes one series and the names of detectors, sends back a row for each, then asks for more.
import { DETECTORS } from './detectors.mjs'
import { evaluateDetector } from './protocol.mjs'
import { scoreFileDetectors } from './score-files.mjs'
import { readSeries } from './series.mjs'

process.on('message', async ({ folder, entry, detectors, options }) => {
  const series = readSeries(folder, entry)
  const known = { ...DETECTORS, ...scoreFileDetectors(options.scores) }
  for (const name of detectors) {
    try {
      process.send({ row: await evaluateDetector(series, name, known[name], options) })
    } catch (error) {
      process.send({
        failure: { dataset: entry.dataset, name: entry.name, detector: name, error: error.stack },
      })
    }
  }
  process.send({ done: true })
})
process.send({ done: true })
