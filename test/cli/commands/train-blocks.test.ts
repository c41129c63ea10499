import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder, telltale } from '../world.js'

const ROWS = 60_000
const START = Date.UTC(2024, 0, 1)

/** 60,000 samples of two channels, one a minute: about 2 MB. */
function largeTable(): string {
  const lines = ['time,flow,pressure']
  for (let i = 0; i < ROWS; i++) {
    const time = new Date(START + i * 60_000).toISOString()
    const flow = Math.sin(i / 8) + 0.05 * Math.sin(i * 7.3)
    lines.push(`${time},${flow.toFixed(4)},${(i === 31_234 ? 99 : 2 + Math.cos(i / 8)).toFixed(4)}`)
  }
  return `${lines.join('\n')}\n`
}

/** Trains on the table with room for about 17,000 of its samples. */
async function trainLarge(...more: string[]) {
  const cwd = scratchFolder()
  writeFileSync(join(cwd, 'data.csv'), largeTable())
  const train = (out: string, ...args: string[]) =>
    telltale(['train', 'data.csv', '--out', out, '--detector', 'pca-q', '--memory', '6', ...more, ...args], {
      cwd,
    })
  const manifest = (out: string) => JSON.parse(readFileSync(join(cwd, out, 'manifest.json'), 'utf8'))
  return { cwd, train, manifest }
}

describe('telltale train on a table larger than --memory', () => {
  it('trains on blocks, says on how many rows of how many, and learns the ranges from all of them', async () => {
    const { train, manifest } = await trainLarge()
    const { code, stdout, stderr } = await train('model')
    expect([code, stderr]).toEqual([0, expect.stringMatching(/trained on \d+ of 60000 samples, \d+ blocks/)])
    expect(stdout).toMatch(
      /^history +\d+ of 60000 rows in \d+ blocks, 2024-01-01T00:00:00Z to 2024-02-11T15:59:00Z$/m,
    )
    const { training, schema } = manifest('model')
    expect(training.rows).toBeLessThanOrEqual(17_476)
    expect(training.blocks).toMatchObject({ ofRows: ROWS, from: START, to: START + (ROWS - 1) * 60_000 })
    expect(schema).toMatchObject({ samples: ROWS, cadenceMs: 60_000 })
    expect(schema.channels[1].max).toBe(99)
  })

  it('gives the same model again, and another with another seed', async () => {
    const { train, manifest } = await trainLarge('--progress', 'none')
    await train('one')
    await train('two')
    await train('other', '--seed', '2')
    const weights = (out: string) => manifest(out).files['weights.safetensors'].sha256
    expect(weights('two')).toBe(weights('one'))
    expect(manifest('other').training.dataSha256).not.toBe(manifest('one').training.dataSha256)
  })

  it('gives the model of the whole table, when the rows that are asked for fit', async () => {
    const { train, manifest } = await trainLarge('--rows', ':10000')
    await train('part')
    await train('whole', '--memory', '1000')
    expect(manifest('part').training.blocks).toBeUndefined()
    expect(manifest('part').files['weights.safetensors'].sha256).toBe(
      manifest('whole').files['weights.safetensors'].sha256,
    )
  })

  it('tells the rows and bytes that are read', async () => {
    const { train } = await trainLarge('--progress', 'json')
    const { stderr } = await train('model')
    const read = stderr
      .split('\n')
      .filter(line => line.includes('"event":"read"'))
      .map(line => JSON.parse(line))
    expect(read.length).toBeGreaterThan(3)
    expect(read.at(-1)).toMatchObject({ rows: ROWS, bytes: read.at(-1).totalBytes })
  })

  it('says how much memory it needs, when that is too little for 16 blocks', async () => {
    const { train } = await trainLarge('--memory', '1')
    const { code, stderr } = await train('model')
    expect([code, stderr]).toEqual([1, expect.stringContaining('error [limit-blocks]')])
  })
})
