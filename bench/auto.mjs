// npm run bench:auto [-- ROWS CHANNELS]: processor seconds that each member of `auto` takes to learn a history and to score as many samples,
// and `auto` as a whole; the committee of networks beside them. All run on one core, so that this is the time they take on an idle one.
import {
  auto,
  cheapMembers,
  committeeMember,
  localRuntime,
  scoreSeries,
  takingPart,
} from '../dist/detect/index.js'
import { preferredBuild } from '../dist/kernels/index.js'
import { SCALERS } from '../dist/scale/index.js'
import { generateOptions, generatePlant } from '../dist/simulate/index.js'
import { readArguments } from '../scripts/arguments.mjs'

const [rows = 10_000, channels = 20] = readArguments(import.meta, {}, [0, 2]).positionals.map(Number)
const { train: history, test } = generatePlant(generateOptions.parse({ out: '-', rows, channels }))
const scaler = SCALERS.standard.fit(history)
const train = scaler.transform(history)
const context = { validation: train, seed: 1 }

const members = [...takingPart(cheapMembers(), channels), committeeMember(localRuntime(preferredBuild()))]
const whole = { name: 'auto', detector: auto() }

async function measure(detector) {
  const started = processorMs()
  const fitted = await detector.fit(train, context)
  const learnt = processorMs()
  await scoreSeries(fitted, scaler.transform(test), { alignment: 'two-sided' })
  return [learnt - started, processorMs() - learnt]
}

function processorMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

console.log(
  `${rows} samples x ${channels} channels, node ${process.versions.node}, ${preferredBuild()} kernels\n`,
)
console.log('| member | learn, s | score, s |\n| --- | --- | --- |')
for (const { name, detector } of [...members, whole]) {
  // The first time includes compiling.
  await measure(detector)
  const [learn, score] = (await measure(detector)).map(ms => (ms / 1000).toFixed(2))
  console.log(`| ${name} | ${learn} | ${score} |`)
}
