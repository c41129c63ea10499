// Trains on the normal part of a real recording, scores the whole recording, and compares with its labels.
// Runs the command line as a user would; everything it writes goes to ./telltale-demo/.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const pathOf = file => relative('.', fileURLToPath(new URL(file, import.meta.url)))
const CLI = pathOf('../dist/bin/telltale.js')
const DATA = pathOf('data/mote-1.csv')
const OUT = 'telltale-demo'

function telltale(...args) {
  console.log(`\n$ telltale ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [CLI, ...args, '--no-config'], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

console.log(
  'One sensor mote, humidity and temperature every 5 s for six hours; someone disturbed it once (117 labelled samples).',
)
mkdirSync(OUT, { recursive: true })
telltale('train', DATA, '--rows', ':2200', '--label-column', 'label', '--seed', '1', '--out', `${OUT}/model`)
telltale(
  'detect',
  DATA,
  '--model',
  `${OUT}/model`,
  '--label-column',
  'label',
  '--scores',
  `${OUT}/scores.csv`,
  '--events',
  `${OUT}/events.csv`,
)
