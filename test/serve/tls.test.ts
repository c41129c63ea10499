import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasOpenssl, makeAuthority, type Pair } from '../authority.js'
import { closeTestServer, openTestServer, type TestServer } from './plant.js'

describe.skipIf(!hasOpenssl)(
  `TLS${hasOpenssl ? '' : ' (skipped: openssl, which makes the certificates, is not installed)'}`,
  () => {
    let folder: string
    let ca: ReturnType<typeof makeAuthority>
    let own: Pair
    let client: Pair
    let stranger: Pair
    const servers: TestServer[] = []

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'telltale-tls-'))
      ca = makeAuthority(folder, 'authority')
      own = ca.sign('server')
      client = ca.sign('client')
      stranger = makeAuthority(folder, 'other').sign('stranger')
    })
    afterAll(async () => {
      for (const server of servers) await closeTestServer(server)
      await rm(folder, { recursive: true, force: true })
    })

    async function open(
      tls: Pair & { readonly ca?: Buffer },
    ): Promise<{ server: TestServer; address: string }> {
      const server = await openTestServer({ tls })
      servers.push(server)
      return { server, address: await server.listen(0) }
    }

    /** Status of an answer, or the code of the error of the connection. */
    function ask(url: string, more: object = {}, authorization?: string): Promise<number | string> {
      return new Promise(resolve => {
        const headers = { ...(authorization && { authorization }) }
        const asked = request(url, { agent: false, headers, ...more }, answer => {
          answer.resume()
          answer.on('end', () => resolve(answer.statusCode as number))
        })
        asked.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message))
        asked.end()
      })
    }

    it('answers clients that trust its authority, and still needs a key', async () => {
      const { server, address } = await open(own)
      expect(address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
      const url = `${address}/api/v1/status`
      expect(await ask(url, { ca: ca.cert }, `Bearer ${server.key('viewer')}`)).toBe(200)
      expect(await ask(url, { ca: ca.cert })).toBe(401)
      expect(await ask(url)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    })

    it('does not talk TLS below 1.2', async () => {
      const { address } = await open(own)
      const old = { ca: ca.cert, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
      expect(await ask(`${address}/livez`, old)).toMatch(/SSL|TLS|EPROTO|ECONNRESET/)
      expect(await ask(`${address}/livez`, { ca: ca.cert, maxVersion: 'TLSv1.2' })).toBe(200)
    })

    it('refuses clients without a certificate of the authority that it asks for, also for health', async () => {
      const { server, address } = await open({ ...own, ca: ca.cert })
      const url = `${address}/api/v1/status`
      const key = `Bearer ${server.key('viewer')}`
      expect(await ask(url, { ca: ca.cert, ...client }, key)).toBe(200)
      expect(await ask(url, { ca: ca.cert, ...client })).toBe(401)
      for (const path of [url, `${address}/livez`]) {
        expect(await ask(path, { ca: ca.cert }, key)).toMatch(/SSL|TLS|ECONNRESET|EPIPE/)
        expect(await ask(path, { ca: ca.cert, ...stranger }, key)).toMatch(/SSL|TLS|ECONNRESET|EPIPE/)
      }
    })

    it('answers plain HTTP on its port with nothing of its own', async () => {
      const { address } = await open(own)
      const plain = fetch(`${address.replace('https', 'http')}/livez`).then(
        ({ status }) => status,
        () => 'closed',
      )
      expect([400, 'closed']).toContain(await plain)
    })
  },
)
