import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { option } from '../../core/options.js'
import { runDemo } from '../../serve/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'

const schema = z.strictObject({
  port: option(z.number().int().min(0).max(65_535).default(8080), 'Port of the page; 0 takes a free one.', {
    value: 'N',
  }),
})

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Shows telltale at work: a simulated plant, live, with faults and a page.',
  description:
    'Generates five devices, trains a model of each, serves them with the live page and sends samples at 60 times the speed with a fault every minute. Needs no files ' +
    'and leaves none. Ctrl-C ends it.',
  arguments: [],
  schema,
  examples: ['telltale demo', 'telltale demo --port 9000'],
  async run({ options, io, log }) {
    const folder = await mkdtemp(join(tmpdir(), 'telltale-demo-'))
    try {
      const print = (line: string) => io.stdout(`${line}\n`)
      await runDemo({ folder, port: options.port, log, signal: io.signal, print })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return EXIT_OK
  },
})
