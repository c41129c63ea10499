import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/frame.js'
import { refuseErrors, validHistory } from '../../../src/pipeline/train/valid-history.js'
import { type Issue, prepareHistory } from '../../../src/validate/index.js'
import { machine } from '../machine.js'

const N = 300
const MASK = { missing: 'mask', missingByChannel: [], maxGap: 5 } as const
const prepared = (frame: Frame) => prepareHistory(frame, MASK, { cadenceMs: 60_000 })
const options = { validationLevel: 'moderate', window: 10 } as const

describe('validHistory', () => {
  it('finds nothing wrong with a sound history', () => {
    expect(validHistory(prepared(machine(N, 1)), options, [])).toEqual([])
  })

  it('reports a channel without a reading as missing, not as one at rest, however it was filled', () => {
    const frame = machine(N, 1)
    for (let i = 0; i < N; i++) frame.values[2 * i + 1] = Number.NaN
    const filled = prepared(frame)
    expect(filled.frame.values.some(Number.isNaN)).toBe(false)
    const codesOf = (issues: readonly Issue[]) =>
      issues.filter(({ channel }) => channel === 'flow').map(({ code }) => code)
    const codes = codesOf(validHistory(filled, { ...options, validationLevel: 'permissive' }, []))
    expect(codes).toEqual(['channel-dead'])
  })

  it('knows of no gap at the borders of blocks', () => {
    const frame = machine(N, 1)
    const timeMs = frame.timeMs.map((time, i) => time + (i < 150 ? 0 : 1e9))
    const codes = (borders: readonly number[]) =>
      validHistory(prepared({ ...frame, timeMs }), options, borders).map(({ code }) => code)
    expect(codes([])).toContain('time-gaps')
    expect(codes([150])).not.toContain('time-gaps')
  })
})

describe('refuseErrors', () => {
  const issue = (severity: Issue['severity'], message: string, channel?: string) =>
    ({ severity, message, code: 'time-gaps', ...(channel && { channel }) }) as unknown as Issue

  it('lets warnings pass', () => {
    expect(() => refuseErrors([issue('warning', 'odd')], 'training', 'strict')).not.toThrow()
  })

  it('counts the errors and names the first with its channel', () => {
    const issues = [issue('error', 'is bad', 'flow'), issue('error', 'worse'), issue('warning', 'odd')]
    expect(() => refuseErrors(issues, 'training', 'strict')).toThrow(
      expect.objectContaining({
        code: 'data-invalid',
        message: expect.stringMatching(/training.*2 problems.*strict.*flow: is bad/),
      }),
    )
  })
})
