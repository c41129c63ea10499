// Runs the attacks of test/attacks in their long form and prints the counts of each kind. Exits 1 when one succeeded.
//   npm run attack -- [--only 'PART-OF-A-NAME|ANOTHER'] [--share 0.1] [--seed 1] [--threads 2] [--kernels reference]
// With --kills it kills streams of a file, of MQTT and of Kafka instead, a third of the times each (mosquitto and KAFKA_LIBS as for the tests).
//   npm run attack -- --kills 300
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readArguments } from './arguments.mjs'

const { values } = readArguments(import.meta, {
  only: { type: 'string', default: '' },
  share: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  threads: { type: 'string', default: '1' },
  kernels: { type: 'string', default: '' },
  kills: { type: 'string', default: '0' },
})
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const runTests = (filter, env) =>
  spawnSync(process.execPath, [vitest, 'run', filter, '--maxWorkers=1'], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status
if (values.kills !== '0')
  process.exit(runTests('test/live/kill', { STREAM_TEST_KILLS: String(Math.ceil(values.kills / 3)) }))
const folder = mkdtempSync(join(tmpdir(), 'telltale-attack-report-'))
const report = join(folder, 'report.json')
const status = runTests('test/attacks', {
  ATTACK: 'long',
  ATTACK_ONLY: values.only,
  ATTACK_SHARE: values.share,
  ATTACK_SEED: values.seed,
  ATTACK_THREADS: values.threads,
  ATTACK_KERNELS: values.kernels,
  ATTACK_REPORT: report,
})
try {
  console.table(
    JSON.parse(readFileSync(report, 'utf8')).map(
      ({ name, attempts, refused, failures, slowestMs, slowest, peakBytes, largest }) => ({
        kind: name,
        attempts,
        refused,
        failures: failures.length,
        'slowest, ms': Math.round(slowestMs),
        slowest: slowest.slice(0, 40),
        'most memory, MB': Math.round(peakBytes / 1e6),
        'of which': largest.slice(0, 40),
      }),
    ),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = status === 0 ? 0 : 1
