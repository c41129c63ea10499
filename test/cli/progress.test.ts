import { describe, expect, it } from 'vitest'
import { createProgress, type ProgressMode } from '../../src/cli/progress.js'
import type { FitProgress } from '../../src/core/contracts.js'
import { fakeIo } from './world.js'

const EPOCHS = 4
const STEPS = 2
const EPOCH_MS = 1000

/** Progress of a training of four epochs of one second each. */
function train(mode: ProgressMode, isTerminal: boolean, columns = 80): string {
  let now = 0
  const { io, printed } = fakeIo({ isTerminal, columns, now: () => now })
  const progress = createProgress(mode, io)
  let validationLoss = Number.NaN
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const report = (step: number, epochEnd: boolean) => {
      const event: FitProgress = {
        epoch,
        epochs: EPOCHS,
        step,
        steps: STEPS,
        loss: 1 / epoch,
        validationLoss,
        epochEnd,
        round: 0,
        rounds: 1,
      }
      progress.fit(event)
    }
    for (let step = 1; step <= STEPS; step++) {
      now += EPOCH_MS / STEPS
      report(step, false)
    }
    validationLoss = 2 / epoch
    report(STEPS, true)
  }
  progress.finish()
  return printed.stderr
}

describe('progress', () => {
  it('is silent when stderr is no terminal', () => expect(train('auto', false)).toBe(''))
  it('is silent when it is not wanted', () => expect(train('none', true)).toBe(''))

  it('is a line with loss, validation loss and remaining time on a terminal', () => {
    const lines = train('auto', true).split('\r')
    expect(lines.at(-2)).toContain('epoch 4/4')
    expect(lines.find(line => line.includes('epoch 3/4'))).toMatch(
      /loss 0\.3333 {2}validation 1 .*1\.5 s left/,
    )
    expect(lines.at(-1)).toBe('\u001b[K')
  })

  it('never writes past the width of the terminal', () => {
    const text = train('bar', true, 40).replaceAll('\u001b[K', '')
    expect(Math.max(...text.split('\r').map(line => line.length))).toBe(39)
  })

  it('is one JSON object per epoch, with the losses of that epoch', () => {
    const lines = train('json', false)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.map(({ epoch, validationLoss }) => [epoch, validationLoss])).toEqual([
      [1, 2],
      [2, 1],
      [3, 2 / 3],
      [4, 1 / 2],
    ])
    expect(lines[1]).toMatchObject({ event: 'epoch', epochs: EPOCHS, loss: 0.5, remainingMs: 2000 })
  })

  it('is a table of epochs, with a star at each that is the best so far', () => {
    const lines = train('table', false).split('\n')
    expect(lines[0].trim().split(/\s+/)).toEqual(['epoch', 'loss', 'validation', 'best', 'time', 'left'])
    expect(lines[2].trim().split(/ {2,}/)).toEqual(['2/4', '0.5', '1', '*', '1 s', '2 s'])
    expect(lines).toHaveLength(6)
  })
})
