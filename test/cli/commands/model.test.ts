import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../../src/core/contracts.js'
import { telltale, workshop } from '../world.js'

describe('telltale show', () => {
  it('prints what the model was trained on', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout } = await telltale(['show', 'model'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^window +10 samples, stride 1$/m)
    for (const alignment of ALIGNMENTS)
      expect(stdout).toMatch(
        new RegExp(`^threshold, ${alignment} +[\\d.]+ \\(quantile of \\d+ held-back scores\\)$`, 'm'),
      )
  })

  it('gives the same as JSON', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale(['show', 'model', '--format', 'json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ window: 10, channels: ['flow', 'pressure'] })
  })
})

describe('telltale verify', () => {
  it('finds a sound model sound', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout } = await telltale(['verify', 'model'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^manifest\.json +ok /m)
    expect(stdout).toMatch(/^weights\.safetensors +ok /m)
  })

  it('finds one changed byte, and then no command uses the model', async () => {
    const cwd = await workshop({ trained: true })
    const file = join(cwd, 'model', 'weights.safetensors')
    const bytes = readFileSync(file)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(file, bytes)
    const { code, stdout, stderr } = await telltale(['verify', 'model'], { cwd })
    expect(code).toBe(4)
    expect(stdout).toMatch(/^weights\.safetensors +damaged: its hash differs/m)
    expect(stderr).toContain('error [artefact-damaged]')
    expect((await telltale(['show', 'model'], { cwd })).code).toBe(4)
    expect((await telltale(['detect', 'data.csv', '--model', 'model'], { cwd })).code).toBe(4)
  })

  it('finds a missing file', async () => {
    const cwd = await workshop({ trained: true })
    rmSync(join(cwd, 'model', 'weights.safetensors'))
    const { code, stdout } = await telltale(['verify', 'model'], { cwd })
    expect(code).toBe(4)
    expect(stdout).toContain('damaged: it is missing')
  })

  it('tells of files that do not belong to the model', async () => {
    const cwd = await workshop({ trained: true })
    writeFileSync(join(cwd, 'model', 'run.js'), '')
    const { code, stderr } = await telltale(['verify', 'model'], { cwd })
    expect(code).toBe(0)
    expect(stderr).toContain('note: run.js is not part of the model and is never read')
  })
})
