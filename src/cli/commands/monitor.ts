import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { option } from '../../core/options.js'
import { isAlive } from '../../files/index.js'
import {
  assess,
  checkMetricsFile,
  durationSeconds,
  readSnapshot,
  type Snapshot,
  writeSnapshot,
} from '../../observe/index.js'
import { formatRows, formatSnapshot, stageRows } from '../../report/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import type { Io } from '../io.js'
import { pathIn } from '../paths.js'

const schema = z.object({
  follow: option(z.boolean().default(false), 'Show it again and again until the job ends or Ctrl-C.'),
  interval: option(
    z
      .string()
      .regex(/^\d+(?:ms|s|m)$/, 'must be a duration such as 500ms or 2s')
      .default('1s'),
    'Time between two looks with --follow.',
    { value: 'DURATION' },
  ),
  out: option(z.string().min(1).optional(), 'Write the metrics to a .prom, .csv or .json file.', {
    value: 'FILE',
    path: 'write',
  }),
})

export const monitorCommand = defineCommand({
  name: 'monitor',
  summary: 'Shows what a running or finished job measured, and assesses it.',
  description:
    'The job writes its snapshot with --metrics-file. The rules of the assessment are in docs/observe.md; what a snapshot does not hold is named. CSV and ' +
    'JSON lines hold the stages, JSON the whole snapshot.',
  arguments: [{ name: 'snapshot', reads: true, description: 'The .json file that --metrics-file names.' }],
  schema,
  examples: [
    'telltale detect today.csv --model model --metrics-file job.json',
    'telltale monitor job.json',
    'telltale monitor job.json --follow',
    'telltale monitor job.json --out job.prom',
  ],
  async run({ args: [file], options, cli, io }) {
    const path = pathIn(io, file)
    if (options.out !== undefined) checkMetricsFile(options.out, '--out')
    for (;;) {
      const snapshot = await readSnapshot(path)
      const assessment = assess(snapshot, Date.now(), isJobAlive(snapshot))
      if (options.follow && cli.format === 'table' && io.isTerminal) clear(io)
      if (cli.format === 'json') io.stdout(`${JSON.stringify({ ...snapshot, assessment }, null, 2)}\n`)
      else if (cli.format === 'table') io.stdout(formatSnapshot(snapshot, assessment))
      else io.stdout(formatRows(stageRows(snapshot), cli.format))
      if (options.out !== undefined) await writeSnapshot(pathIn(io, options.out), snapshot)
      const hasEnded = snapshot.job.state !== 'running' || isJobAlive(snapshot) === false
      if (!options.follow || hasEnded || io.signal.aborted) return EXIT_OK
      await wait(1000 * durationSeconds(options.interval), undefined, { signal: io.signal }).catch(() => {})
    }
  },
})

/** Moves to the top of the terminal and clears it. Straight to the stream: the text of commands is escaped. */
function clear(io: Io): void {
  io.stream.write('\u001b[H\u001b[2J')
}

/** Whether the process of a job runs; undefined on another machine. */
function isJobAlive({ job }: Snapshot): boolean | undefined {
  return job.host === hostname() ? isAlive(job.pid) : undefined
}
