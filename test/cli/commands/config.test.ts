import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder, telltale } from '../world.js'

describe('telltale config', () => {
  it('prints each value with its source', async () => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'telltale.yaml'), 'train:\n  window: 60\n')
    const env = { TELLTALE_TRAIN_EPOCHS: '7' }
    const { code, stdout } = await telltale(['config', '--format', 'jsonl'], { cwd, env })
    expect(code).toBe(0)
    const rows = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(rows).toContainEqual({ option: 'train.window', value: 60, source: 'telltale.yaml:2' })
    expect(rows).toContainEqual({ option: 'train.epochs', value: 7, source: 'TELLTALE_TRAIN_EPOCHS' })
    expect(rows).toContainEqual({ option: 'train.seed', value: 1, source: 'default' })
    expect(rows).toContainEqual({ option: 'cli.format', value: 'jsonl', source: '--format' })
  })

  it('reads no file with --no-config', async () => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'telltale.yaml'), 'train:\n  widnow: 60\n')
    expect((await telltale(['config', '--no-config'], { cwd })).code).toBe(0)
    const { code, stderr } = await telltale(['config'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('unknown option train.widnow in telltale.yaml:2\nDid you mean window?')
  })
})
