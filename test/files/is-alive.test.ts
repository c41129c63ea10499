import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { isAlive } from '../../src/files/is-alive.js'

describe('isAlive', () => {
  it('knows a process that runs from one that has ended', async () => {
    expect(isAlive(process.pid)).toBe(true)
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    expect(isAlive(child.pid!)).toBe(false)
  })
})
