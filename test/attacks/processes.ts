import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadModel } from '../../src/store/index.js'
import { prepareWorld, snapshot } from './commands.js'
import { type Attack, expectThat, THREADS } from './runner.js'

const MAIN = join(import.meta.dirname, '../../dist/bin/telltale.js')

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
  readonly tookMs: number
}

function ended(child: ChildProcess): Promise<Ended> {
  let stderr = ''
  child.stderr?.on('data', piece => {
    stderr += piece
  })
  const started = performance.now()
  return new Promise(done =>
    child.on('close', (code, signal) => done({ code, signal, stderr, tookMs: performance.now() - started })),
  )
}

const start = (args: readonly string[], cwd: string, more: object = {}) =>
  spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'], ...more })

const TEMPORARY = /telltale-(?:new|old)$|^telltale-[0-9a-f]{8}-/

/** What a killed run may have left, and a next run removes. */
const leftovers = (folder: string) => readdirSync(folder).filter(name => TEMPORARY.test(name))

const RUNS: readonly { readonly args: readonly string[]; readonly outputs: readonly string[] }[] = [
  {
    args: [
      'train',
      'in.csv',
      '--out',
      'new',
      '--detector',
      'k-means',
      '--window',
      '10',
      '--workers',
      THREADS,
    ],
    outputs: ['new'],
  },
  {
    args: [
      'train',
      'in.csv',
      '--out',
      'model',
      '--architecture',
      'dense-ae',
      '--window',
      '10',
      '--epochs',
      '3',
      '--checkpoint',
      'ck',
      '--workers',
      THREADS,
    ],
    outputs: ['model', 'ck'],
  },
  {
    args: ['detect', 'in.csv', '--model', 'model', '--scores', 'out/s.csv', '--events', 'out/e.jsonl'],
    outputs: ['out/s.csv', 'out/e.jsonl'],
  },
  { args: ['detect', 'in.csv', '--model', 'model', '--scores', 'out/s.parquet'], outputs: ['out/s.parquet'] },
  { args: ['threshold', 'model', '--quantile', '0.99', '--in-place'], outputs: ['model'] },
]

/** `kill -9` at a random moment: nothing half, nothing lost, and the next run leaves nothing of the killed one. */
export function kills(cwd: string, model: string, tmp: string): Attack {
  const lengths = new Map<number, number>()
  return {
    name: 'kill -9 at random moments',
    short: 2,
    long: 1000,
    limitMs: 120_000,
    make(random, k) {
      const which = k % RUNS.length
      const { args, outputs } = RUNS[which]!
      const share = random.uniform()
      return {
        what: `${args[0]} ${which} at ${share.toFixed(3)}`,
        async run() {
          prepareWorld(cwd, model)
          const world = { env: { ...process.env, TMPDIR: tmp } }
          if (!lengths.has(which)) {
            const whole = await ended(start(args, cwd, world))
            expectThat(whole.code === 0, `the run itself fails: ${whole.stderr}`)
            lengths.set(which, whole.tookMs)
            prepareWorld(cwd, model)
          }
          const before = snapshot(cwd)
          const child = start(args, cwd, world)
          const end = ended(child)
          const timer = setTimeout(() => child.kill('SIGKILL'), share * 1.05 * lengths.get(which)!)
          const { code } = await end
          clearTimeout(timer)
          if (code === 0) lengths.set(which, 0.98 * lengths.get(which)!)
          await checkWhole(cwd, before, outputs)
          const again = await ended(start(args, cwd, world))
          expectThat(again.code === 0, `the next run fails: ${again.stderr}`)
          const left = [cwd, join(cwd, 'out'), tmp].filter(existsSync).flatMap(leftovers)
          expectThat(left.length === 0, `left behind: ${left}`)
        },
      }
    },
  }
}

async function checkWhole(
  cwd: string,
  before: Map<string, string>,
  outputs: readonly string[],
): Promise<void> {
  const after = snapshot(cwd)
  for (const [file, hash] of before)
    if (!outputs.some(output => file === output || file.startsWith(`${output}/`)))
      expectThat(after.get(file) === hash, `${file} changed`)
  for (const output of outputs) {
    const path = join(cwd, output)
    if (output === 'model' || output === 'new') {
      if (output === 'model' || existsSync(path)) await loadModel(path)
    } else if (output.endsWith('.csv') && existsSync(path)) {
      expectThat(readFileSync(path, 'utf8').split('\n').length === 602, `${output} is half`)
    }
  }
}

/** Standard streams that cannot be written, a missing folder for temporary files, an interruption. */
export function streams(cwd: string, model: string): Attack {
  const cases: readonly (readonly [string, () => Promise<void>])[] = [
    ['stdout is full', () => full(['show', 'model'], 1)],
    ['scores to a full stdout', () => full(['detect', 'in.csv', '--model', 'model', '--scores', '-'], 1)],
    ['help to a full stdout', () => full(['--help'], 1)],
    ['an export to a full stdout', () => full(['architectures', 'list'], 1)],
    ['stderr is full', () => full(['show', 'model'], 0, 2)],
    ['notes to a full stderr', () => full(['detect', 'in.csv', '--model', 'model'], 0, 2)],
    [
      'a log on a full disk',
      () => full(['show', 'model', '--log-level', 'info', '--log-file', '/dev/full'], 1, 0),
    ],
    [
      'a closed pipe',
      async () => {
        const script = '"$0" "$1" show model | head -c 1; exit $PIPESTATUS'
        const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN], {
          cwd,
          encoding: 'utf8',
        })
        expectThat(status === 0 && stderr === '', `${status} ${stderr}`)
      },
    ],
    ...['/nonexistent/tmp', '/dev/null'].map(
      tmp =>
        [
          `TMPDIR=${tmp}`,
          async () => {
            const run = start(['detect', 'in.csv', '--model', 'model'], cwd, {
              env: { ...process.env, TMPDIR: tmp },
            })
            const { code, stderr } = await ended(run)
            expectThat(code === 0 || (code === 1 && /temporary/.test(stderr)), `${code} ${stderr}`)
            expectThat(!/\n {4}at |\[bug\]/.test(stderr), stderr)
          },
        ] as const,
    ),
    ...['auto', 'autoencoder'].map(
      detector =>
        [
          `Ctrl-C during ${detector}`,
          async () => {
            const long = Array.from(
              { length: 150_000 },
              (_, i) => `${i},${(Math.sin(i / 9) + Math.sin(i * i)).toFixed(4)},${Math.cos(i / 7)}`,
            )
            writeFileSync(join(cwd, 'long.csv'), `n,a,b\n${long.join('\n')}\n`)
            const args = [
              'train',
              'long.csv',
              '--out',
              'never',
              '--detector',
              detector,
              '--window',
              '30',
              '--workers',
              THREADS,
              ...(detector === 'autoencoder' ? ['--epochs', '1000'] : []),
            ]
            const child = start(args, cwd)
            const end = ended(child)
            await new Promise(done => setTimeout(done, 3000))
            const sent = performance.now()
            child.kill('SIGINT')
            const { code, signal, stderr } = await end
            expectThat(code === 130 || signal === 'SIGINT', `${code} ${signal} ${stderr}`)
            expectThat(performance.now() - sent < 500, `heard after ${performance.now() - sent} ms`)
            expectThat(!existsSync(join(cwd, 'never')), 'a model was left')
          },
        ] as const,
    ),
  ]
  async function full(args: readonly string[], wanted: number, which = 1): Promise<void> {
    if (!existsSync('/dev/full')) return
    const stdio: (string | number)[] = ['ignore', 'ignore', 'pipe']
    if (which > 0) stdio[which] = openSync('/dev/full', 'w')
    const { code, stderr } = await ended(start(args, cwd, { stdio }))
    expectThat(code === wanted, `${code} in place of ${wanted}: ${stderr}`)
    expectThat(!/\n {4}at |\[bug\]/.test(stderr), `a stack trace: ${stderr}`)
  }
  return {
    name: 'streams that fail, interruptions',
    short: 8,
    long: cases.length,
    limitMs: 60_000,
    make: (_, k) => ({
      what: cases[k]![0],
      run() {
        prepareWorld(cwd, model)
        mkdirSync(join(cwd, 'out'), { recursive: true })
        return cases[k]![1]()
      },
    }),
  }
}
