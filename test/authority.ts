import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** openssl makes the certificates of the tests. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** A certificate with its key, PEM. */
export interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** An authority in a folder, and certificates that it signs. */
export function makeAuthority(folder: string, authority: string) {
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  const key = (name: string) =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file(`${name}.key`))
  const pair = (name: string): Pair => ({
    cert: readFileSync(file(`${name}.pem`)),
    key: readFileSync(file(`${name}.key`)),
  })
  key(authority)
  openssl(
    ...['req', '-x509', '-new', '-key', file(`${authority}.key`), '-out', file(`${authority}.pem`)],
    ...['-days', '2', '-subj', `/CN=${authority}`],
  )
  return {
    cert: readFileSync(file(`${authority}.pem`)),
    sign(name: string): Pair {
      key(name)
      writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
      openssl('req', '-new', '-key', file(`${name}.key`), '-out', file(`${name}.csr`), '-subj', `/CN=${name}`)
      openssl(
        ...['x509', '-req', '-in', file(`${name}.csr`), '-out', file(`${name}.pem`), '-days', '2'],
        ...['-CA', file(`${authority}.pem`), '-CAkey', file(`${authority}.key`), '-CAcreateserial'],
        ...['-extfile', file('names')],
      )
      return pair(name)
    },
  }
}
