import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mailPlan } from '../../src/cli/mail-sink.js'
import type { StreamCommandOptions } from '../../src/cli/stream-options.js'
import { openMailSink } from '../../src/emit/index.js'
import { hasOpenssl, makeAuthority } from '../authority.js'
import { fakeIo } from '../cli/world.js'
import { anomaly, coverage, output } from './receiver.js'

const PASSWORD = 'q7-Vt9xRm2'

/** A real mail server that keeps what it takes. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...options,
    onData(stream, _session, done) {
      let text = ''
      stream.on('data', chunk => {
        text += chunk
      })
      stream.on('end', () => {
        mails.push(text)
        done()
      })
    },
  })
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => new Promise<void>(resolve => server.close(() => resolve())))
  return { mails, port: (listening.address() as { port: number }).port }
}

const refusal = (responseCode: number) => Object.assign(new Error('not now'), { responseCode })
const PLAIN = {
  host: '127.0.0.1',
  hasTls: false,
  from: 'telltale@plant.example',
  to: ['a@x.example', 'b@x.example'],
}
const headerOf = (mail: string, name: string) => new RegExp(`^${name}: (.*)`, 'mi').exec(mail)?.[1].trim()

describe('mails', () => {
  it('tell of events that open and end, once each, with one id per event', async () => {
    const { mails, port } = await mailServer()
    const sink = await openMailSink({ ...PLAIN, port })
    const events = [
      anomaly('opened', 80),
      anomaly('updated', 90),
      anomaly('closed', 90),
      coverage(true, 5000, 'flow'),
    ]
    await sink.write([output(...events)])
    await sink.drain(20_000)
    await sink.close()
    expect(mails.map(mail => headerOf(mail, 'subject'))).toEqual([
      'Anomaly of pump <1>',
      'Anomaly of pump <1> is over',
      'Channel flow of pump <1> is silent',
    ])
    expect(headerOf(mails[0], 'to')).toBe('a@x.example, b@x.example')
    expect(mails[0]).toContain('Severity: 80 of 100')
    expect(mails[1]).toContain('End: 2024-01-01T00:01:00.000Z')
    const ids = mails.map(mail => headerOf(mail, 'message-id'))
    expect(new Set(ids).size).toBe(3)
    const again = await openMailSink({ ...PLAIN, port })
    await again.write([output(events[0])])
    await again.drain(20_000)
    await again.close()
    expect(headerOf(mails[3], 'message-id')).toBe(ids[0])
  })

  it('are sent again after a failure, and are lost when the server refuses them', async () => {
    const answers = [451, 550]
    const troubles: (string | undefined)[] = []
    const { mails, port } = await mailServer({
      onRcptTo: (_address, _session, done) => {
        const code = answers.shift()
        done(code === undefined ? null : refusal(code))
      },
    })
    const onTrouble = (reason: string | undefined) => void troubles.push(reason)
    const sink = await openMailSink({ ...PLAIN, to: ['a@x.example'], port, retryMs: 1, onTrouble })
    await sink.write([output(anomaly('opened'))])
    await sink.drain(20_000)
    expect(sink.counts()).toEqual({ waiting: 0, lost: 1 })
    expect(mails).toEqual([])
    await sink.write([output(anomaly('closed'))])
    await sink.drain(20_000)
    expect(sink.counts()).toEqual({ waiting: 0, lost: 1 })
    await sink.close()
    expect(mails.length).toBe(1)
    expect(troubles[0]).toContain('451')
  })

  it.skipIf(!hasOpenssl)(
    'need TLS with the authority and the password where a user is named, and keep waiting without',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'telltale-mail-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      const { cert, key } = makeAuthority(folder, 'authority').sign('server')
      const { mails, port } = await mailServer({
        ...{ cert, key, authOptional: false, disabledCommands: [] },
        onAuth: ({ username, password }, _session, done) =>
          username === 'plant' && password === PASSWORD ? done(null, { user: username }) : done(refusal(535)),
      })
      const url = `smtp://plant@127.0.0.1:${port}/?to=a@x.example`
      const options = { smtpPassword: PASSWORD, smtpCa: 'authority.pem' } as StreamCommandOptions
      const send = async (more: Partial<StreamCommandOptions>, ms: number) => {
        const { io, printed } = fakeIo({ cwd: folder })
        const plan = mailPlan(io, { ...options, ...more }, url)
        const sink = await plan.open(null)
        await sink.write([output(anomaly('opened'))])
        await sink.drain(ms)
        const counts = sink.counts()
        await sink.close()
        return { ...counts, told: printed.stderr, name: plan.name }
      }
      expect(await send({}, 20_000)).toMatchObject({ waiting: 0, lost: 0 })
      expect(headerOf(mails[0], 'from')).toBe('a@x.example')
      for (const more of [{ smtpPassword: 'h3-Kp5wLc8' }, { smtpCa: undefined }]) {
        const { waiting, lost, told, name } = await send(more, 2000)
        expect({ waiting, lost }).toEqual({ waiting: 1, lost: 0 })
        expect(told).toMatch(/^note: smtp:.*it is tried again/)
        expect(told + name).not.toMatch(/q7-Vt9|h3-Kp5|plant@/)
      }
      expect(mails.length).toBe(1)
    },
  )

  it('need receivers, and a password for a user', () => {
    const open = (url: string) => mailPlan(fakeIo().io, {} as StreamCommandOptions, url)
    for (const url of [
      'smtp://host/',
      'smtp://host/?to=nobody',
      'smtp:///?to=a@b.example',
      'smtp://h/?to=a@b.c&from=x y@z',
    ])
      expect(() => open(url)).toThrow('--sink')
    expect(() => open('smtp://user@host/?to=a@b.example')).toThrow('--smtp-password')
  })
})
