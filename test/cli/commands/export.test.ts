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

  it('tells of a covering model that the score is that of one window', async () => {
    const cwd = await workshop({ trained: true })
    const { stderr } = await telltale(['export', 'model', '--out', 'model.onnx'], { cwd })
    expect(stderr).toContain('note: the model scores a sample from every window that contains it')
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
