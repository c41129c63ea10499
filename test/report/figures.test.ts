import { describe, expect, it } from 'vitest'
import { type FigureRun, scoredFigure } from '../../src/report/index.js'

const N = 100
const score = Float32Array.from({ length: N }, (_, i) => (i >= 40 && i < 50 ? 3 + i / 100 : 0.2))
const run = (more: Partial<FigureRun> = {}): FigureRun => ({
  detection: {
    frame: {
      timeMs: Float64Array.from({ length: N }, (_, i) => i),
      timeKind: 'index',
      values: Float64Array.from({ length: 2 * N }, (_, i) => i),
      channels: ['a', '<b>'],
    },
    score,
    flag: Uint8Array.from(score, value => (value > 1 ? 1 : 0)),
    residual: Float32Array.from({ length: 2 * N }, (_, i) => (i % 2 === 0 ? 4 : 1)),
    events: [{ start: 40, end: 50, peak: 42 } as FigureRun['detection']['events'][number]],
  },
  calibration: Float32Array.from({ length: 50 }, (_, i) => 0.1 + i / 100),
  mark: 'background',
  ...more,
})
const count = (text: string, part: string) => text.split(part).length - 1

describe('figures of a scored table', () => {
  it('draw the chosen channels, and escape names and title', () => {
    const both = scoredFigure('series', run({ title: 'x <script>' }))
    expect(both).toContain('&lt;b&gt;')
    expect(both).toContain('x &lt;script&gt;')
    expect(both).not.toMatch(/<b>|<script/)
    expect([count(both, 'class="curve"'), count(both, 'class="event"')]).toEqual([2, 2])
    expect(count(scoredFigure('series', run({ channels: ['a'] })), 'class="curve"')).toBe(1)
  })

  it.each([
    ['background', 'class="event"'],
    ['fill', 'class="area"'],
    ['line', 'class="highlight"'],
    ['marker', 'class="mark"'],
  ] as const)('show events as %s', (mark, part) => {
    expect(count(scoredFigure('score', run({ mark })), part)).toBe(1)
  })

  it('mark the highest score of an event', () => {
    const svg = scoredFigure('score', run({ mark: 'marker', width: 1004 }))
    // The plot is 976 wide, from 64 to 964: sample 49 of 0 to 99.
    expect(svg).toContain(`cx="${Math.round((64 + (49 / 99) * 900) * 10) / 10}"`)
  })

  it('have the asked size and are complete without a page', () => {
    const svg = scoredFigure('distribution', run({ width: 640, height: 333 }))
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="640" height="333"/)
    expect(svg).not.toContain('var(')
    expect(svg).toContain('class="expected"')
    expect(scoredFigure('calendar', run())).toContain('class="heat3"')
  })

  it('show the part of each channel in the worst event, and say what is missing', () => {
    const [event] = run().detection.events
    const worst = { event: { ...event, times: { startMs: 40, lastMs: 49, onsetMs: 40, peakMs: 42 } } }
    const svg = scoredFigure('attribution', run({ worst }))
    expect(svg).toContain('&lt;b&gt;')
    // 10 samples of both channels, one with a quarter of the part of the other.
    expect([count(svg, 'fill-opacity:1.00'), count(svg, 'fill-opacity:0.25')]).toEqual([10, 10])
    expect(() => scoredFigure('attribution', run())).toThrow(/no event/)
    expect(() => scoredFigure('attention', run({ worst }))).toThrow(/no attention layer/)
    const weights = Float32Array.of(0.5, 0.5, 0.25, 0.75)
    const layer = { heads: 1, steps: 2, weights, received: new Float64Array(2), entropy: 0.9, sparsity: 0 }
    const attention = { range: { start: 40, end: 42 }, fromMs: 40, lastMs: 41, layers: [layer] }
    const map = scoredFigure('attention', run({ worst: { ...worst, attention } }))
    expect(map).toContain('entropy 0.90')
    expect([count(map, 'fill-opacity:1.00'), count(map, 'fill-opacity:0.67')]).toEqual([1, 2])
  })

  it('compare with labels: counts and curves', () => {
    const labels = Uint8Array.from({ length: N }, (_, i) => (i >= 45 && i < 55 ? 1 : 0))
    const matrix = scoredFigure('confusion', run({ labels }))
    for (const cell of ['>5<', '>50.0 %<', '>85<', '>94.4 %<']) expect(matrix).toContain(cell)
    expect(matrix).toContain('precision 50.0 %, recall 50.0 %')
    const curves = scoredFigure('curves', run({ labels }))
    expect(count(curves, 'class="curve"')).toBe(2)
    for (const axis of ['recall', 'precision', 'true positive rate', 'false positive rate'])
      expect(curves).toContain(`>${axis}</text>`)
  })

  it('are refused without labels, and where all labels are equal', () => {
    expect(() => scoredFigure('curves', run())).toThrow(expect.objectContaining({ code: 'option-missing' }))
    const labels = new Uint8Array(N)
    expect(() => scoredFigure('confusion', run({ labels }))).toThrow(
      expect.objectContaining({ code: 'figure-empty' }),
    )
  })

  it('can be drawn of readings and scores that are all missing', () => {
    const { detection } = run()
    const frame = { ...detection.frame, values: new Float64Array(2 * N).fill(Number.NaN) }
    const missing = { ...detection, frame, score: new Float32Array(N).fill(Number.NaN) }
    for (const name of ['series', 'score', 'distribution', 'calendar'] as const)
      expect(scoredFigure(name, run({ detection: missing, mark: 'fill' }))).not.toMatch(/NaN|Infinity/)
  })
})
