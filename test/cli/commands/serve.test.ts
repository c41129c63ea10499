import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder, telltale } from '../world.js'

describe('telltale serve', () => {
  const serve = (cwd: string, ...args: string[]) =>
    telltale(['serve', '--models', 'models', ...args], { cwd })

  it('refuses certificates that are none, or without their key', async () => {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'cert.pem'), 'not a certificate\n')
    const bad = await serve(cwd, '--tls-cert', 'cert.pem', '--tls-key', 'cert.pem')
    expect(bad.stderr).toMatch(/^error \[file-unreadable\]: cert\.pem cannot be read: it is no PEM file/)
    const missing = await serve(cwd, '--tls-cert', 'nowhere.pem', '--tls-key', 'cert.pem')
    expect(missing.stderr).toMatch(/^error \[file-not-found\]: nowhere\.pem/)
    expect((await serve(cwd, '--tls-cert', '/dev/zero', '--tls-key', 'cert.pem')).stderr).toMatch(
      /^error \[file-unreadable\]/,
    )
    expect((await serve(cwd, '--tls-cert', 'cert.pem')).stderr).toMatch(/--tls-key/)
  })
})
