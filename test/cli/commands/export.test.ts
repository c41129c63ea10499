import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exportOnnx } from '../../../src/pipeline/index.js'
import { loadModel } from '../../../src/store/index.js'
import { openOnnx } from '../../onnx/runtime.js'
import { telltale, workshop } from '../world.js'

describe('telltale export', () => {
  it('writes a file that ONNX Runtime runs, in a folder that is made for it, and says what it holds', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['export', 'model', '--format', 'onnx', '--out', join('deploy', 'model.onnx')]
    const { code, stdout } = await telltale(args, { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^input +window, float64 \[batch, 10, 2\]: flow, pressure$/m)
    const bytes = readFileSync(join(cwd, 'deploy', 'model.onnx'))
    expect(stdout).toMatch(/^size +[\d.]+ kB$/m)
    const run = await openOnnx(bytes)
    const { score } = await run({ window: { shape: [3, 10, 2], data: new Float64Array(60) } })
    expect(score.shape).toEqual([3])
    expect(score.data.every(Number.isFinite)).toBe(true)
  })

  it('replaces an ONNX file, and no other', async () => {
    const cwd = await workshop({ trained: true })
    const data = readFileSync(join(cwd, 'data.csv'), 'utf8')
    const { code, stderr } = await telltale(['export', 'model', '--out', 'data.csv'], { cwd })
    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining('data.csv exists and is not called an ONNX file'),
    ])
    expect(readFileSync(join(cwd, 'data.csv'), 'utf8')).toBe(data)
    for (let k = 0; k < 2; k++)
      expect((await telltale(['export', 'model', '--out', 'model.onnx'], { cwd })).code).toBe(0)
  })

  it('gives the causal score, as detect does when it is asked for it', async () => {
    const cwd = await workshop({ trained: true })
    await telltale(['export', 'model', '--out', 'model.onnx'], { cwd })
    const detect = ['detect', 'data.csv', '--model', 'model', '--workers', '1', '--alignment', 'causal']
    await telltale([...detect, '--scores', 'scores.csv'], { cwd })
    const rows = (file: string) =>
      readFileSync(join(cwd, file), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map(line => line.split(','))
    const run = await openOnnx(readFileSync(join(cwd, 'model.onnx')))
    for (const last of [9, 300, 505]) {
      const readings = rows('data.csv').slice(last - 9, last + 1)
      const data = Float64Array.from(
        readings.flatMap(([, flow, pressure]) => [Number(flow), Number(pressure)]),
      )
      const { score } = await run({ window: { shape: [1, 10, 2], data } })
      const wanted = Number(rows('scores.csv')[last][1])
      expect(Math.abs(score.data[0] / wanted - 1)).toBeLessThan(1e-4)
    }
  })

  it('exports auto, the default, and says what its window is', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await telltale(['train', 'data.csv', '--out', 'auto'], { cwd })
    expect(code, stderr).toBe(0)
    const { stdout } = await telltale(['export', 'auto', '--out', 'auto.onnx'], { cwd })
    const samples = (await loadModel(join(cwd, 'auto'))).detector.contextLength
    expect(stdout).toMatch(
      new RegExp(`^input +window, float64 \\[batch, ${samples}, 2\\]: flow, pressure$`, 'm'),
    )
    expect(stdout).toMatch(/^outputs +score \(1\.0 = threshold\), flag, residual$/m)
    const run = await openOnnx(readFileSync(join(cwd, 'auto.onnx')))
    const { score } = await run({ window: { shape: [2, samples, 2], data: new Float64Array(4 * samples) } })
    expect(score.data.every(Number.isFinite)).toBe(true)
  })

  it('says in its help what cannot be exported', async () => {
    const { stdout } = await telltale(['export', '--help'])
    const text = stdout.replace(/\s+/g, ' ')
    for (const name of ['ewma', 'cusum', 'seasonal', 'matrix-profile', '--regimes', '--adapt'])
      expect(text.slice(text.indexOf('Not exported'))).toContain(name)
  })

  it('writes to stdout with -, and the summary to stderr', async () => {
    const cwd = await workshop({ trained: true })
    const chunks: Buffer[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(chunk)
        done()
      },
    })
    const { code, stdout, stderr } = await telltale(['export', 'model', '--out', '-'], { cwd, stream })
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toMatch(/^format +onnx, opset 17$/m)
    expect(new Uint8Array(Buffer.concat(chunks))).toEqual(exportOnnx(await loadModel(join(cwd, 'model'))))
  })

  it('prints the summary in the format of results that the environment asks for', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['export', 'model', '--format', 'onnx', '--out', 'model.onnx']
    const { stdout } = await telltale(args, { cwd, env: { TELLTALE_CLI_FORMAT: 'json' } })
    expect(JSON.parse(stdout)).toMatchObject({ format: 'onnx', opset: 17, window: 10 })
  })

  it('refuses another format, and a place that cannot be written, before anything is', async () => {
    const cwd = await workshop({ trained: true })
    const other = await telltale(['export', 'model', '--format', 'json', '--out', 'm'], { cwd })
    expect(other.code).toBe(2)
    expect(other.stderr).toMatch(/error \[option-invalid\]: --format is "json"/)
    const before = readdirSync(cwd)
    writeFileSync(join(cwd, 'file'), '')
    const below = await telltale(['export', 'model', '--out', 'file/model.onnx'], { cwd })
    expect(below.code).toBe(1)
    expect(below.stderr).toContain('error [file-unwritable]')
    expect(readdirSync(cwd).sort()).toEqual([...before, 'file'].sort())
  })

  it('names what the model learnt from and the file does not do: rows, a cadence, computed channels', async () => {
    const cwd = await workshop({ trained: false })
    const rows = Array.from({ length: 900 }, (_, i) => {
      const time = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString()
      return `${time},${i % 50 === 0 ? 'off' : 'on'},${(20 + Math.sin(i / 9)).toFixed(3)},${3 * i + Math.round(2 * Math.sin(i))}`
    })
    writeFileSync(join(cwd, 'plant.csv'), `time,mode,temp,energy_total\n${rows.join('\n')}\n`)
    const reading = [
      '--where',
      "mode = 'on'",
      '--exclude-channels',
      'mode',
      '--cadence',
      '2m',
      '--missing',
      'linear',
    ]
    const trained = await telltale(
      ['train', 'plant.csv', ...reading, '--detector', 'z-score', '--out', 'm'],
      { cwd },
    )
    expect(trained.code).toBe(0)
    const { code, stderr } = await telltale(['export', 'm', '--out', 'm.onnx'], { cwd })
    expect(code).toBe(0)
    expect(stderr).toContain(
      "the model learnt from the rows with mode = 'on', and the file does not choose rows",
    )
    expect(stderr).toContain('the model learnt from one sample in 2m, and the file does not resample')
    expect(stderr).toContain(
      'the file does not compute channels: compute energy_total.rate (rate of energy_total)',
    )
  })

  it('refuses a model that is none, with exit code 4', async () => {
    const cwd = await workshop({ trained: false })
    expect((await telltale(['export', 'nowhere', '--out', 'x.onnx'], { cwd })).code).toBe(4)
    expect(existsSync(join(cwd, 'x.onnx'))).toBe(false)
  })

  it('lists --format once in its help, with its own meaning', async () => {
    const { stdout } = await telltale(['export', '--help'])
    expect(stdout.match(/--format/g)?.length).toBe(2)
    expect(stdout).toContain('--format <FORMAT>')
    expect(stdout).toContain('onnx')
    expect((await telltale(['show', '--help'])).stdout).toContain('Format of the results')
  })
})
