import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ROOT } from './sources.js'

function check(script: string): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [script, '--check'], { cwd: ROOT, encoding: 'utf8' })
}

describe('generated files', () => {
  it('docs/cli.md, docs/errors.md and the room table say what the code says', () => {
    const { status, stderr } = check('scripts/build-docs.mjs')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('the interfaces of settings say what their schemas say', () => {
    const { status, stderr } = check('scripts/build-options.mjs')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('docs/api.md says what the declarations of the package say', () => {
    const { status, stderr } = check('scripts/build-api.mjs')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('the embedded scripts of pages are what their sources and uPlot give', () => {
    const { status, stderr } = check('scripts/build-browser.mjs')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('the embedded WASM is what its sources compile to', () => {
    const { status, stderr } = check('scripts/build-wasm.mjs')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})
