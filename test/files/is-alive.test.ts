import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { isAlive } from '../../src/files/is-alive.js'

describe('isAlive', () => {
  it('knows a process that runs from one that has ended', async () => {
    expect(isAlive(process.pid)).toBe(true)
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    expect(isAlive(child.pid!)).toBe(false)
  })

  it.skipIf(process.platform !== 'linux')(
    'takes one whose exit code has not been asked for as ended',
    async () => {
      // The shell would ask for it: it ends only when `sleep`, which asks for none, has taken the place of the shell.
      const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 20'])
      try {
        const [line] = await once(parent.stdout, 'data')
        const pid = Number(String(line))
        await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, 'latin1')).toBe('sleep\n'))
        parent.stdin.end()
        await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z '))
        expect(() => process.kill(pid, 0)).not.toThrow()
        expect(isAlive(pid)).toBe(false)
      } finally {
        parent.kill('SIGKILL')
      }
    },
  )
})
