import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { telltale, workshop } from '../world.js'

const TUNE = [
  'tune',
  'data.csv',
  '--rows',
  ':480',
  '--out',
  'trials.jsonl',
  '--window',
  '10',
  '--epochs',
  '2',
]
const QUICK = [...TUNE, '--workers', '1', '--architectures', 'dense-ae,conv-forecaster', '--progress', 'none']

interface Row {
  trial: number
  skill: number | null
  architecture: string
  error: string | null
}
const trialsOf = (stdout: string) => JSON.parse(stdout) as Row[]

describe('telltale tune', () => {
  it('prints the trials, the best first, and goes on from its journal to the same ones', async () => {
    const cwd = await workshop({ trained: false })
    const json = ['--format', 'json']
    const whole = await telltale([...QUICK, '--trials', '4', ...json], { cwd })
    expect(whole.code).toBe(0)
    const rows = trialsOf(whole.stdout)
    expect(rows.map(({ trial }) => trial).sort()).toEqual([0, 1, 2, 3])
    const skills = rows.map(({ skill }) => skill ?? -1)
    expect(skills).toEqual([...skills].sort((a, b) => b - a))
    expect(rows.find(({ trial }) => trial === 0)?.architecture).toBe('dense-ae')

    const parts = [...QUICK.map(arg => (arg === 'trials.jsonl' ? 'parts.jsonl' : arg)), ...json]
    await telltale([...parts, '--trials', '2'], { cwd })
    appendFileSync(join(cwd, 'parts.jsonl'), '{"trial":2,"opt') // killed while it wrote
    const resumed = await telltale([...parts, '--trials', '4'], { cwd })
    const timeless = (text: string) => trialsOf(text).map(row => ({ ...row, time: 0 }))
    expect(timeless(resumed.stdout)).toEqual(timeless(whole.stdout))
  })

  it('writes the best options as a configuration that train takes', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stdout, stderr } = await telltale([...QUICK, '--trials', '2', '--best', 'best.yaml'], {
      cwd,
    })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^trial +skill +architecture/)
    expect(stderr).toContain('telltale train data.csv --config best.yaml --out model')
    const train = ['train', 'data.csv', '--rows', ':480', '--config', 'best.yaml', '--out', 'model']
    const model = await telltale([...train, '--epochs', '1', '--workers', '1', '--format', 'json'], { cwd })
    expect(model.code).toBe(0)
    const best = readFileSync(join(cwd, 'best.yaml'), 'utf8')
    expect(best).toContain(`architecture: ${JSON.parse(model.stdout).architecture}`)
  })

  it('keeps a trial that cannot work as a row with the reason', async () => {
    const cwd = await workshop({ trained: false })
    const encoder = [{ type: 'conv1d', filters: 2, kernelSize: 9, padding: 'valid' }]
    writeFileSync(join(cwd, 'narrow.json'), JSON.stringify({ name: 'narrow', encoder }))
    const args = QUICK.map(arg => (arg === 'dense-ae,conv-forecaster' ? 'narrow.json,dense-ae' : arg))
    const search = [...args, '--window', '4', '--vary', 'architecture', '--trials', '4', '--format', 'json']
    const { code, stdout } = await telltale(search, { cwd })
    expect(code).toBe(0)
    expect(trialsOf(stdout).at(-1)).toMatchObject({ architecture: 'narrow', skill: null })
    expect(trialsOf(stdout).at(-1)?.error).toContain('only 4 steps come in')
  })

  it.each([
    ['a journal of another search', ['--seed', '2'], 'checkpoint-differs', 4],
    ['something to vary that is not there', ['--vary', 'colour'], 'option-invalid', 2],
    ['an unknown architecture', ['--architectures', 'lstm'], 'architecture-unknown', 2],
    ['too little history', ['--rows', ':20'], 'data-too-short', 3],
  ])('is refused with %s', async (_, more, error, exit) => {
    const cwd = await workshop({ trained: false })
    await telltale([...QUICK, '--trials', '1'], { cwd })
    const { code, stderr } = await telltale([...QUICK, '--trials', '2', ...more], { cwd })
    expect(stderr).toContain(`error [${error}]`)
    expect(code).toBe(exit)
  })
})
