import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { describeOptions } from '../../src/config/index.js'
import type { Random } from '../../src/core/random.js'
import { type Outcome, smallTable, telltale } from '../cli/world.js'
import { HOSTILE_NAMES } from './hostile.js'
import { type Attack, expectThat, pick, REFUSED, THREADS } from './runner.js'

const CODES = [0, 1, 2, 3, 4, 10]
/** What must never reach a terminal. */
const STEERING = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

/** Runs a command line in this process; fails on internal errors, stack traces and control characters. */
async function attempt(args: readonly string[], cwd: string, isRaw = false): Promise<Outcome> {
  const outcome = await telltale(args, { cwd, env: {} })
  const { code, stdout, stderr } = outcome
  const shown = `${args.join(' ').slice(0, 300)}: ${code} ${stderr.slice(0, 500)}`
  expectThat(CODES.includes(code), `exit code ${shown}`)
  expectThat(!/^error \[bug\]/m.test(stderr), `an internal error: ${shown}`)
  expectThat(!/\n {4}at /.test(stderr), `a stack trace: ${shown}`)
  expectThat(!STEERING.test(stderr), `a control character in stderr: ${shown}`)
  expectThat(isRaw || !STEERING.test(stdout), `a control character in stdout: ${shown}`)
  return outcome
}

/** Every file below a folder with a hash of its content. */
export function snapshot(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const info = statSync(path, { throwIfNoEntry: false })
    if (info?.isDirectory()) for (const [inner, hash] of snapshot(path)) found.set(join(name, inner), hash)
    else if (info?.isFile()) found.set(name, createHash('sha256').update(readFileSync(path)).digest('hex'))
  }
  return found
}

/** A folder with a table, a model, labels and an architecture, and other names for the table. */
export function prepareWorld(cwd: string, model: string): void {
  rmSync(cwd, { recursive: true, force: true })
  mkdirSync(join(cwd, 'sub'), { recursive: true })
  writeFileSync(join(cwd, 'in.csv'), smallTable())
  writeFileSync(join(cwd, 'labels.csv'), `label\n${'0\n'.repeat(600)}`)
  writeFileSync(join(cwd, 'telltale.yaml'), 'train:\n  window: 10\n')
  writeFileSync(join(cwd, 'net.json'), '{"name":"n","encoder":[{"type":"dense","units":2}]}')
  writeFileSync(join(cwd, 'in.1'), 'precious')
  symlinkSync('in.csv', join(cwd, 'link.csv'))
  linkSync(join(cwd, 'in.csv'), join(cwd, 'hard.csv'))
  symlinkSync('sub', join(cwd, 'folder'))
  cpSync(model, join(cwd, 'model'), { recursive: true })
}

/** Spellings of the input. */
const SPELLINGS = [
  'in.csv',
  './in.csv',
  'sub/../in.csv',
  'folder/../in.csv',
  'link.csv',
  'hard.csv',
  '*.csv#in.csv',
  '.#in.csv',
]
const WRITES: readonly ((input: string, output: string) => string[])[] = [
  (i, o) => ['detect', i, '--model', 'model', '--scores', o],
  (i, o) => ['detect', i, '--model', 'model', '--events', o],
  (i, o) => ['detect', i, '--model', 'model', '--scores', o, '--chunk-rows', '100'],
  (i, o) => ['detect', i, '--model', 'model', '--log-file', o],
  (i, o) => ['detect', '--sql', `select * from '${i}'`, '--model', 'model', '--scores', o],
  (i, o) => ['validate', i, '--output', o],
  (i, o) => ['validate', i, '--suggest', o],
  (i, o) => ['train', i, '--out', 'new', '--log-file', o],
  (i, o) => ['tune', i, '--out', o],
  (i, o) => ['tune', i, '--out', 'j', '--best', o],
]

/** Outputs that are other outputs, or lie in a model, or are the configuration. */
const CONFLICTS: readonly (readonly string[])[] = [
  ['detect', 'in.csv', '--model', 'model', '--scores', 's.csv', '--events', 's.csv'],
  ['detect', 'in.csv', '--model', 'model', '--scores', 's.csv', '--events', './sub/../s.csv'],
  ['detect', 'in.csv', '--model', 'model', '--scores', 's.csv', '--log-file', 's.csv'],
  ['detect', 'in.csv', '--model', 'model', '--scores', 'model/s.csv'],
  ['detect', 'in.csv', '--model', 'model', '--log-file', 'model/manifest.json'],
  ['detect', 'in.csv', '--model', 'model', '--log-file', 'model/x.log'],
  ['detect', 'in.csv', '--model', 'model', '--log-file', 'telltale.yaml'],
  ['detect', 'in.1', '--model', 'model', '--log-file', 'in'],
  ['evaluate', 'in.csv', '--model', 'model', '--labels', 'labels.csv', '--log-file', 'labels.csv'],
  ['train', 'in.csv', '--out', 'new', '--architecture', 'net.json', '--log-file', 'net.json'],
  ['train', 'in.csv', '--out', 'new', '--checkpoint', 'new'],
  ['train', 'in.csv', '--out', 'new', '--checkpoint', 'new/inside'],
  ['train', 'in.csv', '--out', '.'],
  ['train', 'in.csv', '--out', 'in.csv'],
  ['tune', 'in.csv', '--out', 'j', '--best', 'j'],
  ['export', 'model', '--out', 'model/manifest.json'],
  ['generate', '--out', 'sub', '--rows', '500', '--log-file', 'sub/train.csv'],
  ['architectures', 'template', 'net.json', '--out', 'net.json'],
  ['validate', 'in.csv', '--report', 'r.html', '--log-file', 'r.html'],
]

/** What a command must refuse without changing a byte. */
export function outputsThatAreInputs(cwd: string, model: string): Attack {
  const lines = [
    ...SPELLINGS.flatMap(spelling => {
      const [input, output = 'in.csv'] = spelling.split('#')
      return WRITES.flatMap(write =>
        spelling.includes('#') ? [write(input!, output)] : [write('in.csv', input!), write(input!, 'in.csv')],
      )
    }),
    ...CONFLICTS,
  ]
  return {
    name: 'outputs that are inputs, a model or another output',
    short: 40,
    long: lines.length,
    limitMs: 15_000,
    make(_, k) {
      const args = lines[k < CONFLICTS.length ? lines.length - 1 - k : (k * 7) % lines.length]!
      return {
        what: args.join(' '),
        async run() {
          prepareWorld(cwd, model)
          const before = snapshot(cwd)
          const { code, stdout, stderr } = await attempt(args, cwd)
          const after = snapshot(cwd)
          expectThat(code !== 0, `it was done: ${stdout.slice(0, 200)}`)
          for (const [file, hash] of before)
            expectThat(after.get(file) === hash, `${file} changed; ${stderr}`)
          const strange = [...after.keys()].filter(file => !before.has(file))
          expectThat(strange.length === 0, `${strange} appeared; ${stderr}`)
          return REFUSED
        },
      }
    },
  }
}

/** Paths that are no regular files. */
export function strangeFiles(cwd: string, model: string): Attack {
  const places = ['/dev/zero', '/dev/full', '/dev/tty', 'fifo', 'sub', 'missing', 'sparse', 'a\0b'].filter(
    place => !place.startsWith('/') || existsSync(place),
  )
  const reads: readonly ((place: string) => string[])[] = [
    p => ['config', '--config', p],
    p => [
      'train',
      'in.csv',
      '--out',
      'new',
      '--architecture',
      `${p}${p.endsWith('.json') ? '' : '/../'}${p}`,
    ],
    p => ['train', p, '--out', 'new'],
    p => ['detect', p, '--model', 'model'],
    p => ['detect', 'in.csv', '--model', p],
    p => ['evaluate', 'in.csv', '--model', 'model', '--labels', p],
    p => ['detect', '--sql', 'select 1', '--sql-roots', p, '--model', 'model'],
    p => ['show', p],
    p => [
      'detect',
      'in.csv',
      '--model',
      'model',
      '--scores',
      `${/sub|missing/.test(p) ? 'in.csv' : p}/x.csv`,
    ],
    p => [
      'detect',
      'in.csv',
      '--model',
      'model',
      '--log-file',
      p === 'missing' || p === 'sparse' ? 'sub' : p,
    ],
  ]
  const lines = places.flatMap(place => reads.map(read => read(place)))
  return {
    name: 'paths that are no regular files',
    short: lines.length,
    long: lines.length,
    limitMs: 15_000,
    make: (_, k) => ({
      what: lines[k]!.join(' '),
      async run() {
        prepareWorld(cwd, model)
        makeFifo(join(cwd, 'fifo'))
        makeSparse(join(cwd, 'sparse'))
        const { code, stdout } = await attempt(lines[k]!, cwd)
        expectThat(code !== 0, `it was read: ${stdout.slice(0, 200)}`)
        return REFUSED
      },
    }),
  }
}

import { execFileSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync } from 'node:fs'

function makeFifo(path: string): void {
  try {
    execFileSync('mkfifo', [path])
  } catch {
    mkdirSync(path)
  }
}

function makeSparse(path: string): void {
  const file = openSync(path, 'w')
  ftruncateSync(file, 2_000_000_000)
  closeSync(file)
}

/** Names with control characters, formulas and markup in options, files and columns. */
export function hostileTexts(cwd: string, model: string): Attack {
  const lines: readonly ((name: string) => string[])[] = [
    n => ['detect', n, '--model', 'model'],
    n => ['detect', 'named.csv', '--model', n],
    n => [n],
    n => ['train', `--${n}`],
    n => ['train', 'named.csv', '--out', 'new', '--time-column', n],
    n => ['train', 'named.csv', '--out', 'new', '--detector', n],
    n => ['train', 'named.csv', '--out', 'new', '--architecture', n],
    n => ['train', 'named.csv', '--out', 'new', '--rows', n],
    _n => ['validate', 'named.csv'],
    _n => ['validate', 'named.csv', '--format', 'json'],
    _n => ['validate', 'named.csv', '--report', 'r.md'],
    _n => ['validate', 'named.csv', '--report', 'r.html'],
    n => ['validate', 'named.csv', '--channels', n],
    n => ['detect', 'named.csv', '--model', 'model', '--device', n],
    _n => ['config', '--config', 'hostile.yaml'],
    _n => ['architectures', 'show', 'hostile.json'],
    n => ['architectures', n],
    n => ['evaluate', 'named.csv', '--model', 'model', '--labels', n],
    n => ['train', 'named.csv', '--out', 'new', '--where', n],
    _n => ['plan', 'named.csv'],
    _n => [
      'train',
      'named.csv',
      '--out',
      'fleet',
      '--group-by',
      'machine',
      '--detector',
      'z-score',
      '--window',
      '5',
    ],
  ]
  return {
    name: 'text that steers terminals and pages',
    short: 60,
    long: 3 * lines.length * HOSTILE_NAMES.length,
    limitMs: 30_000,
    make(random, k) {
      const name = HOSTILE_NAMES[k % HOSTILE_NAMES.length]!
      const args =
        lines[Math.floor(k / HOSTILE_NAMES.length + random.integer(lines.length)) % lines.length]!(name)
      return {
        what: JSON.stringify(args),
        async run() {
          prepareWorld(cwd, model)
          const cell = `"${name.replaceAll('"', '""')}"`
          const rows = Array.from(
            { length: 80 },
            (_, i) => `${new Date(60_000 * i).toISOString()},${i % 7},${(i * i) % 11},${cell}`,
          )
          writeFileSync(join(cwd, 'named.csv'), `time,${cell},b,machine\n${rows.join('\n')}\n`)
          writeFileSync(join(cwd, 'hostile.yaml'), `train:\n  ${JSON.stringify(name)}: 1\n`)
          writeFileSync(
            join(cwd, 'hostile.json'),
            JSON.stringify({ name, description: name, encoder: [{ type: 'dense', units: 2 }] }),
          )
          await attempt(args, cwd)
          for (const file of ['r.md', 'r.html']) {
            const path = join(cwd, file)
            const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
            expectThat(!/<script>alert|<img src=x/.test(text), `markup in ${file}`)
            expectThat(!STEERING.test(text), `a control character in ${file}`)
          }
        },
      }
    },
  }
}

/** Values for options by their type, right and wrong. */
const VALUES = [
  '1',
  '0',
  '-1',
  '1e9',
  '0.5',
  'NaN',
  'x',
  '',
  'true',
  'a,b',
  'auto',
  ':10',
  '5:2',
  '1/day',
  '1d',
  'a=b',
  'in.csv',
  '2024-01-01',
  '../x',
  '99999999999999999999',
]

/** Commands with random options, right and wrong. */
export function optionCombinations(cwd: string, model: string): Attack {
  const rows = COMMANDS.map(command => ({
    command,
    options: command.schema ? describeOptions(command.schema) : [],
  }))
  // What would take its time when it is right, or run until it is stopped.
  const skipped = ['backtest', 'tune', 'serve', 'demo', 'stream', 'monitor', 'retrain']
  return {
    name: 'combinations of options',
    short: 40,
    long: 1000,
    limitMs: 60_000,
    make(random: Random) {
      const { command, options } = pick(
        random,
        rows.filter(({ command }) => !skipped.includes(command.name)),
      )
      const args = [
        command.name,
        ...command.arguments.map(({ name }) =>
          name === 'model' ? 'model' : name === 'action' ? 'list' : 'in.csv',
        ),
      ]
      for (const { flag, type, required, choices, key } of options) {
        if (!required && random.uniform() > 0.12) continue
        if (type === 'boolean') args.push(flag)
        else if (key === 'model' && random.uniform() < 0.8) args.push(flag, 'model')
        else if (key === 'rows' || key === 'epochs') args.push(flag, key === 'rows' ? '200' : '1')
        else
          args.push(
            `${flag}=${choices && random.uniform() < 0.7 ? pick(random, choices) : pick(random, VALUES)}`,
          )
      }
      if (random.uniform() < 0.2) args.push('--format', pick(random, ['json', 'jsonl', 'csv', 'table', 'x']))
      // Other detectors have no epochs.
      const isNetwork = !args.some(text => text.startsWith('--detector'))
      if (command.name === 'train') args.push(...(isNetwork ? ['--epochs', '1'] : []), '--workers', THREADS)
      if (command.name === 'evaluate') args.push('--repeats', '1', '--resamples', '0')
      return {
        what: args.join(' '),
        async run() {
          prepareWorld(cwd, model)
          const kept = ['in.csv', 'labels.csv', 'net.json', 'in.1', 'telltale.yaml']
          const before = snapshot(cwd)
          await attempt(args, cwd, args.includes('csv'))
          const after = snapshot(cwd)
          for (const file of kept) expectThat(before.get(file) === after.get(file), `${file} changed`)
        },
      }
    },
  }
}
