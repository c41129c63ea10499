import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Frame,
  generatePlant,
  modelToBytes,
  openSession,
  sliceFrame,
  trainModel,
} from '../../src/doors/index.js'
import { bundled } from './bundle.js'

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(path => path !== undefined && existsSync(path))
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const PAGE = '<!doctype html><title>telltale</title><script type="module" src="/program.js"></script>'

/** Scores the frame of `/frame` with the model of `/model`, one sample at a time, and sends the bits of the scores. */
const PROGRAM = `
import { frameFromColumns, modelFromBytes, openSession, sampleCount, sliceFrame } from 'telltale/session'
async function run() {
  const model = modelFromBytes(new Uint8Array(await (await fetch('/model')).arrayBuffer()))
  const frame = frameFromColumns(await (await fetch('/frame')).json())
  const session = openSession(model)
  const bits = []
  for (let i = 0; i < sampleCount(frame); i++)
    bits.push(...new Uint32Array(session.push(sliceFrame(frame, i, i + 1)).scored.score.buffer))
  return { bits, closed: session.finish().events.length }
}
const result = await run().catch(error => ({ error: String(error?.stack ?? error) }))
await fetch('/result', { method: 'POST', body: JSON.stringify(result) })
`

const columnsOf = ({ timeMs, values, channels }: Frame) => ({
  time: [...timeMs],
  channels: Object.fromEntries(
    channels.map((name, c) => [name, [...timeMs].map((_, i) => values[i * channels.length + c])]),
  ),
})

/** What the page sends back. */
async function inBrowser(
  chromium: string,
  model: Uint8Array,
  frame: Frame,
  program: string,
): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), 'telltale-chromium-'))
  const answers: Record<string, [type: string, body: string | Uint8Array]> = {
    '/': ['text/html', PAGE],
    '/program.js': ['text/javascript', program],
    '/model': ['application/octet-stream', model],
    '/frame': ['application/json', JSON.stringify(columnsOf(frame))],
  }
  let take: (body: string) => void = () => {}
  let fail: (error: Error) => void = () => {}
  const result = new Promise<string>((resolve, reject) => {
    take = resolve
    fail = reject
  })
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      response.end()
      take(Buffer.concat(parts).toString())
      return
    }
    const answer = answers[request.url ?? '']
    response.writeHead(answer ? 200 : 404, { 'content-type': answer?.[0] ?? 'text/plain' }).end(answer?.[1])
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = spawn(chromium, [...ARGUMENTS, `--user-data-dir=${profile}`, address], {
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise<void>(resolve => browser.once('exit', () => resolve()))
  browser.once('error', fail)
  browser.once('exit', code => fail(new Error(`the browser ended with ${code}`)))
  try {
    return JSON.parse(await result)
  } finally {
    // The processes of a browser are one group; a helper that outlives it would still write to the profile.
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, 'SIGKILL')
    await ended
    server.close()
    server.closeAllConnections()
    await rm(profile, { recursive: true, force: true, maxRetries: 20 })
  }
}

describe.skipIf(CHROMIUM === undefined)('a session in a browser (skipped where there is no Chromium)', () => {
  let program: string
  const { train, test } = generatePlant({ rows: 600, channels: 3, seed: 4 })
  const live = sliceFrame(test, 0, 120)
  beforeAll(async () => {
    program = await bundled(PROGRAM)
  })

  it.each([
    ['the default detector', { window: 20 }],
    ['an LSTM autoencoder', { window: 12, detector: 'autoencoder', epochs: 1, units: 8, latent: 4 }],
  ] as const)('gives the scores of Node.js bit for bit: %s', async (_, settings) => {
    const model = await trainModel(train, settings)
    const session = openSession(model)
    const { scored } = session.push(live)
    const got = await inBrowser(CHROMIUM as string, modelToBytes(model), live, program)
    const bits = [...new Uint32Array(scored.score.buffer)]
    expect(scored.score.filter(Number.isFinite).length).toBeGreaterThan(50)
    expect(got).toEqual({ bits, closed: session.finish().events.length })
  })
})
