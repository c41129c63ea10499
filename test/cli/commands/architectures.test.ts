import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ARCHITECTURES } from '../../../src/nn/index.js'
import { networkOf } from '../../../src/pipeline/index.js'
import { loadModel } from '../../../src/store/index.js'
import { SMALL, scratchFolder, telltale, workshop } from '../world.js'

const NAMES = ARCHITECTURES.map(({ name }) => name)

describe('telltale architectures', () => {
  it('lists the predefined ones with when to use each', async () => {
    const { code, stdout } = await telltale(['architectures', 'list'])
    expect(code).toBe(0)
    for (const { name, when } of ARCHITECTURES)
      expect(stdout).toMatch(new RegExp(`^${name} .*${when?.slice(0, 9)}`, 'm'))
    const json = await telltale(['architectures', 'list', '--format', 'json'])
    expect(JSON.parse(json.stdout).map((row: { name: string }) => row.name)).toEqual(NAMES)
  })

  it('shows the layers of one for a window and channels', async () => {
    const args = ['architectures', 'show', 'lstm-autoencoder', '--window', '30', '--channels', '3']
    const { code, stdout } = await telltale(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^parameters +14115$/m)
    expect(stdout).toMatch(/^lstm +30 x 32 +4608 +134400/m)
    const json = JSON.parse((await telltale([...args, '--format', 'json'])).stdout)
    expect(json.network.layers).toHaveLength(5)
    expect(json.definition.name).toBe('lstm-autoencoder')
  })

  it('writes a template that it accepts, shows and measures as a file', async () => {
    const cwd = scratchFolder()
    const out = await telltale(['architectures', 'template', 'lightweight', '--out', 'new/mine.json'], {
      cwd,
    })
    expect([out.code, out.stdout]).toEqual([0, ''])
    const { stdout } = await telltale(['architectures', 'template', 'lightweight'])
    expect(readFileSync(join(cwd, 'new/mine.json'), 'utf8')).toBe(stdout)
    const valid = await telltale(['architectures', 'validate', 'new/mine.json'], { cwd })
    expect([valid.code, valid.stderr]).toEqual([0, ''])
    expect(valid.stdout).toMatch(/^valid +yes\nname +custom-lightweight$/m)
    const quick = ['--seconds', '0.01', '--window', '8', '--format', 'json']
    const tested = await telltale(['architectures', 'test', 'new/mine.json', ...quick], { cwd })
    const { speed } = JSON.parse(tested.stdout)
    expect(speed.training).toBeGreaterThan(0)
    expect(speed.scoring).toBeGreaterThan(0)
    const both = await telltale(['architectures', 'compare', 'new/mine.json', 'lstm-autoencoder', ...quick], {
      cwd,
    })
    expect(JSON.parse(both.stdout).map((row: { name: string }) => row.name)).toEqual([
      'custom-lightweight',
      'lstm-autoencoder',
    ])
  })

  it('reads a file of the original system', async () => {
    const { code, stdout, stderr } = await telltale(
      ['architectures', 'validate', 'test/fixtures/architectures/simple-lstm.json'],
      { cwd: process.cwd() },
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^parameters +51283$/m)
  })

  it.each([
    ['an action it does not know', ['lst'], 'command-unknown'],
    ['a name it does not know', ['show', 'lstm'], 'architecture-unknown'],
    ['no name', ['show'], 'option-missing'],
    ['a name too many', ['list', 'lightweight'], 'argument-unexpected'],
    ['a latent size of zero', ['show', 'lightweight', '--latent', '0'], 'option-invalid'],
    ['a broken file', ['validate', 'broken.json'], 'architecture-invalid'],
  ])('refuses %s with exit code 2', async (_, args, error) => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'broken.json'), '{\n "name": }')
    const { code, stdout, stderr } = await telltale(['architectures', ...args], { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`error [${error}]`)
  })

  it('names its actions where none is like the one that was given', async () => {
    const { stderr } = await telltale(['architectures', 'xxxxxx'])
    expect(stderr).toContain('\nActions of `telltale architectures`: list, show, ')
  })

  it('refuses a file that is not there with exit code 1', async () => {
    const { code, stderr } = await telltale(['architectures', 'show', 'none.json'], { cwd: scratchFolder() })
    expect(code).toBe(1)
    expect(stderr).toContain('error [file-not-found]: none.json does not exist')
  })
})

describe('telltale train --architecture', () => {
  const train = ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL]

  it('trains a predefined one, names it in the model, and shows it', async () => {
    const cwd = await workshop({ trained: false })
    expect((await telltale([...train, '--architecture', 'lightweight'], { cwd })).code).toBe(0)
    const { stdout } = await telltale(['show', 'model'], { cwd })
    expect(stdout).toMatch(/^architecture +lightweight$/m)
    const { detector } = await loadModel(join(cwd, 'model'))
    expect(networkOf(detector)?.network.architecture.layers[1]).toEqual({ type: 'dense', units: 2 })
  })

  it('trains one from a file', async () => {
    const cwd = await workshop({ trained: false })
    const encoder = [
      { type: 'lstm', units: 'units' },
      { type: 'dense', units: 'latent' },
    ]
    writeFileSync(join(cwd, 'mine.json'), JSON.stringify({ name: 'mine', units: 8, latent: 3, encoder }))
    expect((await telltale([...train, '--architecture', 'mine.json'], { cwd })).code).toBe(0)
    const { info } = await loadModel(join(cwd, 'model'))
    expect(info.architecture).toBe('mine')
    expect((await telltale(['detect', 'data.csv', '--model', 'model', '--workers', '1'], { cwd })).code).toBe(
      0,
    )
  })

  it('refuses a broken file before the data are read', async () => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'mine.json'), JSON.stringify({ name: 'mine', encoder: [{ type: 'lstm' }] }))
    const args = ['train', 'nowhere.csv', '--out', 'model', '--architecture', 'mine.json']
    const { code, stderr } = await telltale(args, { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('error [architecture-invalid]: mine.json: encoder[0].units: number missing')
  })
})
