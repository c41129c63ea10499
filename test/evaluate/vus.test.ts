import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { vus } from '../../src/evaluate/index.js'
import { CASES } from './cases.js'

/** The definition, one buffer and one threshold at a time. */
function naiveVus(scores: readonly number[], labels: readonly number[], buffer: number) {
  const n = scores.length
  const descending = scores.toSorted((a, b) => b - a)
  const events: [number, number][] = []
  labels.forEach((label, i) => {
    if (label && !labels[i - 1]) events.push([i, i])
    if (label) events[events.length - 1][1] = i
  })
  const positives = labels.filter(label => label).length
  let pr = 0
  let roc = 0
  for (let w = 0; w <= buffer; w++) {
    const half = Math.floor(w / 2)
    const soft = labels.map((label, i) => {
      let sum = label
      for (const [a, b] of events) {
        const d = i < a ? a - i : i - b
        if (d > 0 && d <= half) sum += Math.sqrt(1 - d / w)
      }
      return Math.min(sum, 1)
    })
    const merged: [number, number][] = []
    for (const [a, b] of events) {
      const last = merged[merged.length - 1]
      if (last && last[1] >= a - half) last[1] = b + half
      else merged.push([a - half, b + half])
    }
    let before = [0, 0]
    const next = (recall: number, falseRate: number, precision: number) => {
      pr += (recall - before[0]) * precision
      roc += ((falseRate - before[1]) * (recall + before[0])) / 2
      before = [recall, falseRate]
    }
    for (let k = 0; k < 250; k++) {
      const threshold = descending[k === 249 ? n - 1 : Math.floor(k * ((n - 1) / 249))]
      const flag = scores.map(score => score >= threshold)
      const hits = soft.reduce((sum, l, i) => sum + (flag[i] ? l : 0), 0)
      const flagged = flag.filter(set => set).length
      const softPositives =
        (2 * positives + soft.reduce((s, l, i) => s + (flag[i] && !labels[i] ? l : 0), 0)) / 2
      const found = merged.filter(([a, b]) => flag.some((set, i) => set && i >= a && i <= b)).length
      next(
        Math.min(hits / softPositives, 1) * (found / merged.length),
        (flagged - hits) / (n - softPositives),
        hits / flagged,
      )
    }
    next(1, 1, 0)
  }
  return { pr: pr / (buffer + 1), roc: roc / (buffer + 1) }
}

describe('vus', () => {
  it.each(CASES)('equals TSB-AD and vus on the case $name', ({ scores, labels, threshold_free: wanted }) => {
    for (const buffer of [0, 5, 20]) {
      const { pr, roc } = vus(scores, labels, { buffer })
      expect(pr.value).toBeCloseTo(wanted[`vus_pr_L${buffer}`], 9)
      expect(roc.value).toBeCloseTo(wanted[`vus_roc_L${buffer}`], 9)
    }
    expect(vus(scores, labels, { buffer: 20 }).pr.value).toBeCloseTo(wanted.vus006_vus_pr_L20, 9)
    expect(vus(scores, labels, { buffer: 20 }).roc.value).toBeCloseTo(wanted.vus006_vus_roc_L20, 9)
  })

  it('equals the definition for crowded events, ties, ends and buffers longer than the series', () => {
    const random = createRandom(11)
    for (let round = 0; round < 40; round++) {
      const n = 2 + random.integer(60)
      const share = [0.1, 0.3, 0.6][round % 3]
      const labels = Array.from({ length: n }, () => (random.uniform() < share ? 1 : 0))
      labels[random.integer(n)] = 1
      labels[labels.indexOf(1) === 0 ? n - 1 : 0] = 0
      if (!labels.includes(1)) labels[0] = 1
      const scores = Array.from({ length: n }, () => (round % 2 ? random.integer(4) : random.normal()))
      const buffer = [0, 1, 2, 7, 70][round % 5]
      const wanted = naiveVus(scores, labels, buffer)
      const got = vus(scores, labels, { buffer })
      expect(got.pr.value).toBeCloseTo(wanted.pr, 11)
      expect(got.roc.value).toBeCloseTo(wanted.roc, 11)
    }
  })

  it('refuses a buffer that is no number of samples', () => {
    for (const buffer of [-1, 2.5, Number.NaN])
      expect(() => vus([0, 1], [0, 1], { buffer })).toThrow('buffer is')
  })

  it('takes less than a tenth of a second of processor time for 50,000 samples', () => {
    const random = createRandom(12)
    const labels = new Uint8Array(50_000)
    for (let event = 0; event < 50; event++) {
      const start = random.integer(49_900)
      labels.fill(1, start, start + 60)
    }
    const scores = Float32Array.from(labels, label => random.normal() + label)
    const seconds = Array.from({ length: 8 }, () => {
      const before = process.cpuUsage()
      vus(scores, labels, { buffer: 100 })
      return process.cpuUsage(before).user / 1e6
    })
    expect(Math.min(...seconds)).toBeLessThan(0.1)
  })
})
