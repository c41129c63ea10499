import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { figureWriter } from '../../src/cli/write-figure.js'
import { fakeIo, scratchFolder } from './world.js'

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="9" height="9"/></svg>'

describe('the writer of figures', () => {
  it('writes SVG as it is, and PNG of the same size', async () => {
    const cwd = scratchFolder()
    const { io } = fakeIo({ cwd })
    for (const file of ['f.svg', 'new/f.png']) await (await figureWriter(io, file))(SVG)
    expect(readFileSync(join(cwd, 'f.svg'), 'utf8')).toBe(SVG)
    const png = readFileSync(join(cwd, 'new/f.png'))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([30, 20])
  })

  it('says how to install the rasteriser where it is missing', async () => {
    const { io } = fakeIo({ cwd: scratchFolder() })
    const missing = () => Promise.reject(new Error('Cannot find package'))
    await expect(figureWriter(io, 'f.png', missing)).rejects.toMatchObject({
      code: 'rasteriser-missing',
      remedy: expect.stringContaining('npm install @resvg/resvg-js'),
    })
    await expect(figureWriter(io, 'f.svg', missing)).resolves.toBeTypeOf('function')
  })

  it.each(['f.pdf', 'f', 'a.b/f'])('refuses the format of %s', async file => {
    const { io } = fakeIo({ cwd: scratchFolder() })
    await expect(figureWriter(io, file)).rejects.toMatchObject({ code: 'format-unknown' })
  })
})
