import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { smallTable, telltale, workshop } from '../world.js'

const WITH = ['--model', 'model', '--workers', '1']

describe('telltale plot', () => {
  it.each(['series', 'score', 'calendar', 'distribution'])('draws %s as SVG', async figure => {
    const cwd = await workshop({ trained: true })
    const { code, stdout, stderr } = await telltale(
      ['plot', figure, 'data.csv', ...WITH, '--out', 'f.svg', '--title', 'A & B'],
      { cwd },
    )
    expect(code, stderr).toBe(0)
    expect(stdout).toBe('f.svg\n')
    const svg = readFileSync(join(cwd, 'f.svg'), 'utf8')
    expect(svg).toMatch(/^<svg xmlns=/)
    expect(svg).toContain('A &amp; B')
  })

  it('draws the training of a model without a table', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stderr } = await telltale(['plot', 'training', ...WITH, '--out', 't.png'], { cwd })
    expect(code, stderr).toBe(0)
    expect(readFileSync(join(cwd, 't.png')).subarray(1, 4).toString()).toBe('PNG')
  })

  it('draws the architecture of a network, and drift without scores, in the colours that are asked for', async () => {
    const cwd = await workshop({ trained: true })
    const draw = (args: readonly string[]) =>
      telltale(['plot', ...args, ...WITH, '--out', 'f.svg', '--colours', 'curve=#12ab34'], { cwd })
    const svg = () => readFileSync(join(cwd, 'f.svg'), 'utf8')
    expect((await draw(['architecture'])).stderr).toBe('')
    expect(svg()).toMatch(/input: \d+ x \d+/)
    expect(svg()).toContain('#12ab34')
    expect((await draw(['drift', 'data.csv', '--palette', 'dark'])).code).toBe(0)
    expect(svg()).toContain('population stability index')
    expect(svg()).toContain('fill="#1a2029"')
  })

  it.each([
    ['an unknown figure', ['seris', 'data.csv'], 'Did you mean series?'],
    ['an unknown channel', ['series', 'data.csv', '--channels', 'flw'], 'the nearest is flow'],
    ['a table for the architecture', ['architecture', 'data.csv'], 'too many arguments'],
    ['a colour of nothing', ['series', 'data.csv', '--colours', 'sky=blue'], 'such as curve=#224466'],
    ['a colour with markup', ['series', 'data.csv', '--colours', 'curve=red}</style>'], '--colours'],
    ['a table for the training', ['training', 'data.csv'], 'too many arguments'],
    ['a size that is no size', ['score', 'data.csv', '--width', '5'], '--width'],
  ])('refuses %s', async (_, args, message) => {
    const cwd = await workshop({ trained: true })
    const { code, stderr } = await telltale(['plot', ...args, ...WITH, '--out', 'f.svg'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(existsSync(join(cwd, 'f.svg'))).toBe(false)
  })

  it('says that a model has no architecture before it asks for a file', async () => {
    const cwd = await workshop({ trained: true })
    const plot = (...args: string[]) => telltale(['plot', ...args], { cwd })
    await telltale(['train', 'data.csv', '--out', 'linear', '--detector', 'pca-q', '--workers', '1'], { cwd })
    expect((await plot('architecture', '--model', 'linear')).stderr).toMatch(/architecture/)
    expect((await plot('architecture', '--model', 'linear')).stderr).not.toContain('--out')
    for (const args of [['architecture'], ['series', 'data.csv']])
      expect((await plot(...args, ...WITH)).stderr).toContain('--out is required')
  })

  it('asks for labels where there are none', async () => {
    const cwd = await workshop({ trained: true })
    writeFileSync(join(cwd, 'plain.csv'), smallTable().replace(/,[^,\n]+\n/g, '\n'))
    const { code, stderr } = await telltale(['plot', 'curves', 'plain.csv', ...WITH, '--out', 'c.svg'], {
      cwd,
    })
    expect([code, stderr]).toEqual([2, expect.stringContaining('--labels is required')])
  })

  it('says that a model has no network', async () => {
    const cwd = await workshop({ trained: false })
    await telltale(['train', 'data.csv', '--out', 'model', '--detector', 'pca-q'], { cwd })
    const { code, stderr } = await telltale(['plot', 'training', ...WITH, '--out', 't.svg'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('pca-q has no network')])
  })
})
