import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, openPage } from '../../bench/chromium.mjs'
import {
  type Frame,
  generatePlant,
  modelToBytes,
  openSession,
  sliceFrame,
  trainModel,
} from '../../src/doors/index.js'
import { bundled } from './bundle.js'

const PAGE = '<!doctype html><title>telltale</title><script type="module" src="/program.js"></script>'

/** Bits of scores. NaN has many, of which an engine may choose any (ECMA-262, NumericToRawBytes): it is one value. */
const bitsOf = (scores: Float32Array) =>
  Array.from(scores, score =>
    Number.isNaN(score) ? 'NaN' : new Uint32Array(Float32Array.of(score).buffer)[0],
  )

/** Scores the frame of `/frame` with the model of `/model`, one sample at a time, and sends the bits of the scores. */
const PROGRAM = `
import { frameFromColumns, modelFromBytes, openSession, sampleCount, sliceFrame } from 'telltale/session'
const bitsOf = ${bitsOf}
async function run() {
  const model = modelFromBytes(new Uint8Array(await (await fetch('/model')).arrayBuffer()))
  const frame = frameFromColumns(await (await fetch('/frame')).json())
  const session = openSession(model)
  const bits = []
  for (let i = 0; i < sampleCount(frame); i++)
    bits.push(...bitsOf(session.push(sliceFrame(frame, i, i + 1)).scored.score))
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
  const answers: Record<string, [type: string, body: string | Uint8Array]> = {
    '/': ['text/html', PAGE],
    '/program.js': ['text/javascript', program],
    '/model': ['application/octet-stream', model],
    '/frame': ['application/json', JSON.stringify(columnsOf(frame))],
  }
  let take: (body: string) => void = () => {}
  const result = new Promise<string>(resolve => {
    take = resolve
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
  const page = await openPage(chromium, address)
  try {
    return JSON.parse(await result)
  } finally {
    await page.close()
    server.close()
    server.closeAllConnections()
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
    const bits = bitsOf(scored.score)
    expect(scored.score.filter(Number.isFinite).length).toBeGreaterThan(50)
    expect(got).toEqual({ bits, closed: session.finish().events.length })
  })
})
