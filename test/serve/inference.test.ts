import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { trainModel } from '../../src/pipeline/index.js'
import {
  addVersion,
  closeTestServer,
  MODEL,
  openTestServer,
  PLANT,
  rowsOf,
  type TestServer,
} from './plant.js'

/** A room that is warm in the afternoon. */
function dailyModel() {
  const random = createRandom(3)
  const timeMs = Float64Array.from({ length: 14 * 96 }, (_, i) => Date.UTC(2026, 0, 1) + 900_000 * i)
  const values = Float64Array.from(
    timeMs,
    time => 20 + 4 * Math.sin((2 * Math.PI * time) / 86_400_000) + 0.3 * random.normal(),
  )
  return trainModel({ timeMs, timeKind: 'utc', values, channels: ['room'] }, { detector: 'auto', workers: 1 })
}

const LENGTH = MODEL.detector.windowLength
const WIDTH = MODEL.info.channels.length
let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => closeTestServer(server))

const window = rowsOf(PLANT.test, 100, 100 + LENGTH)
const tensor = (more: object = {}) => ({
  name: 'input',
  shape: [2, LENGTH, WIDTH],
  datatype: 'FP64',
  data: [...window, ...window].flat(),
  ...more,
})
const infer = (input: object, url = '/v2/models/pump/infer') =>
  server.ask('POST', url, { id: '7', inputs: [input] })

describe('Open Inference Protocol', () => {
  it('scores windows like the native route, flat or nested', async () => {
    const native = await server.ask('POST', '/api/v1/models/pump/score', { window })
    const [{ score }] = native.json.results
    for (const data of [tensor().data, [window, window]]) {
      const { status, json } = await infer(tensor({ data }))
      expect(status).toBe(200)
      expect(json).toMatchObject({ model_name: 'pump', model_version: '1', id: '7' })
      expect(json.outputs[0]).toEqual({ name: 'score', shape: [2], datatype: 'FP32', data: [score, score] })
    }
    expect((await infer(tensor(), '/v2/models/pump/versions/1/infer')).status).toBe(200)
  })

  it('describes server and models, on this machine without a key', async () => {
    const get = (url: string) => server.ask('GET', url, undefined, { role: 'none' })
    expect((await get('/v2')).json).toMatchObject({ name: 'telltale' })
    expect((await get('/v2/health/ready')).json).toEqual({ ready: true })
    expect((await get('/v2/models/pump')).json).toMatchObject({
      versions: ['1'],
      inputs: [{ shape: [-1, LENGTH, WIDTH] }],
    })
    expect((await get('/v2/models/pump/versions/1/ready')).json).toEqual({ name: 'pump', ready: true })
    expect((await get('/v2/models/none')).json).toMatchObject({
      error: expect.any(String),
      code: 'model-unknown',
    })
  })

  it('lists, loads and lets go of models', async () => {
    const post = async (url: string) => (await server.ask('POST', url)).json
    expect(await post('/v2/repository/index')).toEqual([
      { name: 'pump', version: '1', state: 'READY', reason: '' },
    ])
    expect(await post('/v2/repository/models/pump/load')).toEqual({ name: 'pump@1' })
    expect(await post('/v2/repository/models/pump/unload')).toEqual({ name: 'pump@1' })
    expect((await infer(tensor())).status).toBe(200)
  })

  it.each([
    ['another shape', { shape: [2, LENGTH + 1, WIDTH] }, 'shape'],
    ['another number of values', { data: [1] }, 'data'],
    ['a type that is no number', { datatype: 'BYTES' }, 'datatype'],
    ['a value that is no number', { data: tensor().data.with(3, null as never) }, 'data/3'],
  ])('refuses %s', async (_, change, where) => {
    const { status, json } = await infer(tensor(change))
    expect({ status, where: json.where }).toEqual({ status: 422, where: `body/inputs/0/${where}` })
  })
})

describe('a model that takes out a daily cycle', () => {
  let room: Awaited<ReturnType<typeof dailyModel>>
  beforeAll(async () => {
    room = await dailyModel()
    await addVersion(join(server.folder, 'models'), room, 'room')
  })

  it.each(['/v2/models/room/infer', '/api/v1/models/room/score'])('%s refuses windows', async url => {
    const window = Array.from({ length: room.detector.windowLength }, () => [20])
    const inputs = [{ name: 'input', shape: [window.length, 1], datatype: 'FP64', data: window.flat() }]
    const short = [{ ...inputs[0], shape: [1, 1], data: [20] }]
    const bodies = url.endsWith('score')
      ? [{ window }, { windows: [window, window] }, { window: [[20]] }, { window, channels: ['other'] }]
      : [{ inputs }, { inputs: short }]
    for (const body of bodies) {
      const { status, json } = await server.ask('POST', url, body)
      expect([status, json]).toMatchObject([422, { code: 'times-needed' }])
      expect(json.remedy).toContain('/detect')
      expect(json.remedy).not.toMatch(/column with/)
    }
  })

  it('says so where it is asked what it takes, and is ready', async () => {
    for (const url of ['/v2/models/room', '/v2/models/room/versions/1']) {
      const { status, json } = await server.ask('GET', url)
      expect([status, json]).toMatchObject([422, { code: 'times-needed' }])
      expect(json.remedy).toContain('/detect')
      expect((await server.ask('GET', `${url}/ready`)).json).toEqual({ name: 'room', ready: true })
    }
  })
})
