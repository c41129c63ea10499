import { describe, expect, it } from 'vitest'
import { heatPlot } from '../../../src/report/plots/index.js'

const cellsOf = (svg: string) => [...svg.matchAll(/fill-opacity:([\d.]+)/g)].map(([, share]) => Number(share))

describe('a heat map', () => {
  it('shows the largest value darkest, leaves out what is missing, and escapes names', () => {
    const values = [0, 1, Number.NaN, -4]
    const svg = heatPlot({ values, columns: 2, names: ['<a>', 'b'], ends: ['x', 'y'], axis: 't' }, 'heat')
    expect(cellsOf(svg)).toEqual([0.25, 1])
    expect(svg).toContain('&lt;a&gt;')
    expect(svg).not.toContain('NaN')
    expect(svg.match(/class="bar marked"/g)?.length).toBe(1)
  })

  it('keeps a single large value among very many', () => {
    const values = new Float64Array(1000 * 500)
    values[777 * 500 + 333] = 3
    const svg = heatPlot({ values, columns: 500, ends: ['1', '500'], axis: 't' }, 'heat')
    expect(cellsOf(svg)).toEqual([1])
  })
})
