import { describe, expect, it } from 'vitest'
import type { AnomalyEvent, EventChange } from '../../src/core/contracts.js'
import { frameFromColumns } from '../../src/core/frame-builders.js'
import { createRandom } from '../../src/core/random.js'
import {
  checkDrift,
  type DriftVerdict,
  driftVerdict,
  fitReference,
  rowsBesideEvents,
  type ScoredRows,
  scoreFrame,
} from '../../src/drift/index.js'

const WINDOW = 10
const CHANNELS = ['a', 'b', 'c', 'd', 'e', 'f']
type Interval = readonly [start: number, end: number]

/** Readings of noise and their scores; `moved` says by how much those of a row are moved. */
function rows(seed: number, samples: number, moved: (row: number) => number = () => 0): ScoredRows {
  const random = createRandom(seed)
  const column = () => Float64Array.from({ length: samples }, (_, i) => random.normal() + moved(i))
  const frame = frameFromColumns({ channels: Object.fromEntries(CHANNELS.map(name => [name, column()])) })
  const score = Float32Array.from({ length: samples }, (_, i) => 0.5 + 0.1 * random.normal() + moved(i))
  return { frame, score, residual: new Float32Array(samples * CHANNELS.length) }
}
const history = rows(1, 6000)
const references = {
  readings: await fitReference(history.frame),
  score: await fitReference(scoreFrame(history.score)),
}
const wholeOf = ({ frame, score }: ScoredRows) =>
  driftVerdict(
    references.readings,
    checkDrift(references.readings, frame),
    checkDrift(references.score, scoreFrame(score)).channels[0],
  )
const closed = ([start, end]: Interval): EventChange => ({
  type: 'closed',
  event: { start, end } as AnomalyEvent,
})

/** What is said of a table in pieces, where each event is known with the piece in which it ends. */
function verdictOf(all: ScoredRows, intervals: readonly Interval[], size = all.score.length): DriftVerdict {
  const beside = rowsBesideEvents(references, WINDOW)
  const n = all.score.length
  for (let start = 0; start < n; start += size) {
    const end = Math.min(n, start + size)
    const width = CHANNELS.length
    const part = {
      frame: {
        ...all.frame,
        timeMs: all.frame.timeMs.slice(start, end),
        values: all.frame.values.slice(start * width, end * width),
      },
      score: all.score.slice(start, end),
      residual: all.residual.slice(start * width, end * width),
    }
    const known = intervals.filter(([, last]) => last > start && last <= end).map(closed)
    const open = intervals.find(([first, last]) => first < end && last > end)
    beside.push(part, known, end === n ? n : (open?.[0] ?? end))
  }
  return beside.verdict(wholeOf(all), 0.01)
}

describe('the rows beside events', () => {
  const faults: Interval[] = [
    [500, 800],
    [2000, 2400],
  ]
  const isFault = (row: number) => faults.some(([start, end]) => row >= start && row < end)
  const faulty = rows(2, 4000, row => (isFault(row) ? 4 : 0))

  it('decide where a few events are all that is to be seen', () => {
    expect(wholeOf(faulty).verdict).toBe('retrain')
    expect(verdictOf(faulty, faults)).toEqual({
      verdict: 'ok',
      reason: '18 % of the rows are in 2 events; without them nothing differs from the history.',
      channels: [],
      drifted: false,
    })
  })

  it('are the same however the table is cut', () => {
    for (const size of [7, 333, 1000])
      expect(verdictOf(faulty, faults, size)).toEqual(verdictOf(faulty, faults))
  })

  it('keep the advice where they have changed as well, and where events cover more than a third', () => {
    const moved = rows(3, 4000, row => (isFault(row) ? 4 : 0.6))
    expect(verdictOf(moved, faults)).toEqual(wholeOf(moved))
    const most = rows(4, 4000, row => (row < 2000 ? 4 : 0))
    expect(verdictOf(most, [[0, 2000]])).toEqual(wholeOf(most))
    expect(wholeOf(most).verdict).toBe('retrain')
  })

  it('keep other advice, and that without events', () => {
    const sensor: DriftVerdict = {
      verdict: 'check sensor',
      reason: 'a is stuck.',
      channels: ['a'],
      drifted: true,
    }
    const beside = rowsBesideEvents(references, WINDOW)
    beside.push(faulty, faults.map(closed), 4000)
    expect(beside.verdict(sensor, 0.01)).toBe(sensor)
    expect(verdictOf(faulty, [])).toEqual(wholeOf(faulty))
  })

  it('leave it open where too few of them have scores, and keep the advice where too few have readings', () => {
    const advice: DriftVerdict = { verdict: 'retrain', reason: 'a changed.', channels: ['a'], drifted: true }
    const said = (all: ScoredRows, interval: Interval) => {
      const beside = rowsBesideEvents(references, WINDOW)
      beside.push(all, [closed(interval)], all.score.length)
      return beside.verdict(advice, 0.01)
    }
    const usual = rows(7, 4000)
    const score = usual.score.map((value, i) => (i < 800 ? value : Number.NaN))
    expect(said({ ...usual, score }, [10, 800])).toEqual({
      verdict: 'unknown',
      reason:
        '20 % of the rows are in 1 event, and too few independent scores beside them to say whether the model still fits. Give more rows.',
      channels: [],
      drifted: false,
    })
    expect(said(rows(5, 160), [55, 105])).toBe(advice)
  })

  it('are given up where an event never ends', () => {
    const beside = rowsBesideEvents(references, WINDOW)
    const piece = rows(6, 60_000)
    beside.push(piece, [], 0)
    beside.push(piece, [], 0)
    beside.push(faulty, [closed([0, 500])], 124_000)
    const advice: DriftVerdict = { verdict: 'retrain', reason: 'a changed.', channels: ['a'], drifted: true }
    expect(beside.verdict(advice, 0.01)).toBe(advice)
  })
})
