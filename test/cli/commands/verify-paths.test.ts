import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Admin } from '@platformatic/kafka'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startMosquitto } from '../../../src/cli/verify/mosquitto.js'
import { NO_KAFKA, startKafka } from '../../live/kafka-broker.js'
import { scratchFolder, smallTable, telltale, workshop } from '../world.js'

interface PathRow {
  readonly path: string
  readonly result: string
  readonly samples: number
  readonly events: number
  readonly detail: string
}

async function verify(cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await telltale(['verify', ...args, '--format', 'json'], { cwd })
  const rows = (stdout === '' ? [] : JSON.parse(stdout)) as PathRow[]
  return { code, stderr, rows, results: Object.fromEntries(rows.map(({ path, result }) => [path, result])) }
}

describe('verify MODEL DATA', { timeout: 120_000 }, () => {
  it('gives the same bits on every path', async () => {
    const cwd = await workshop({ trained: true })
    const broker = await startMosquitto()
    await broker?.stop()
    const { code, results, rows, stderr } = await verify(cwd, 'model', 'data.csv')
    expect(results, stderr).toEqual({
      'whole table': 'reference',
      'chunks, state restored': 'equal',
      'standard input': 'equal',
      'growing file': 'equal',
      MQTT: broker ? 'equal' : 'skipped',
      Kafka: 'skipped',
      server: 'equal',
    })
    expect(code).toBe(0)
    const scored = rows.filter(({ result }) => result !== 'skipped')
    expect(new Set(scored.map(({ samples, events }) => `${samples} ${events}`)).size).toBe(1)
    expect(scored[0]).toMatchObject({ samples: 600 })
    expect(scored[0]!.events).toBeGreaterThan(0)
  })

  it('leaves out samples with the time of the one before, which streams refuse, and says so', async () => {
    const cwd = await workshop({ trained: true })
    const lines = smallTable().trimEnd().split('\n')
    writeFileSync(join(cwd, 'twice.csv'), `${[...lines.slice(0, 300), ...lines.slice(299)].join('\n')}\n`)
    const { code, results, rows, stderr } = await verify(cwd, 'model', 'twice.csv')
    expect(results).toMatchObject({
      'chunks, state restored': 'equal',
      'standard input': 'equal',
      server: 'equal',
    })
    expect(rows[0]).toMatchObject({ samples: 600 })
    expect(stderr).toContain('1 sample has the time of the one before: streams refuse it')
    expect(code).toBe(0)
  })

  it('skips what a stream does not read as a table is read, and compares the devices of a fleet', async () => {
    const cwd = scratchFolder()
    const rows = smallTable().trimEnd().split('\n')
    const machines = rows.flatMap((line, i) => (i === 0 ? [`${line},m`] : [`${line},p`, `${line},q`]))
    writeFileSync(join(cwd, 'fleet.csv'), `${machines.join('\n')}\n`)
    const train = ['train', 'fleet.csv', '--group-by', 'm', '--out', 'fleet', '--detector', 'pca-q']
    expect((await telltale(train, { cwd })).code).toBe(0)
    const whole = await verify(cwd, 'fleet', 'fleet.csv')
    expect(whole.rows.filter(({ result }) => !['reference', 'equal', 'skipped'].includes(result))).toEqual([])
    expect(whole.rows[0]).toMatchObject({ samples: 1200 })
    writeFileSync(join(cwd, 'fleet.data'), readFileSync(join(cwd, 'fleet.csv')))
    const { results, code } = await verify(cwd, 'fleet', 'fleet.data')
    expect(results['growing file'], JSON.stringify(results)).toBe('skipped')
    expect(code).toBe(0)
  })

  it('skips paths whose package is not installed, with the line that installs it', async () => {
    for (const name of ['mqtt', '@platformatic/kafka']) {
      vi.doMock(name, () => {
        throw new Error(`Cannot find package '${name}'`)
      })
      onTestFinished(() => vi.doUnmock(name))
    }
    const cwd = await workshop({ trained: true })
    const brokers = ['--mqtt', 'mqtt://127.0.0.1:1', '--kafka', 'kafka://127.0.0.1:1/plant']
    const { code, rows, results, stderr } = await verify(cwd, 'model', 'data.csv', ...brokers)
    expect(results, stderr).toMatchObject({ MQTT: 'skipped', Kafka: 'skipped', server: 'equal' })
    const detail = (name: string) => rows.find(({ path }) => path === name)!.detail
    expect(detail('MQTT')).toContain('`npm install mqtt`')
    expect(detail('Kafka')).toContain('`npm install @platformatic/kafka`')
    expect(code, stderr).toBe(0)
  })

  it.skipIf(NO_KAFKA)('is equal over Kafka, and removes its topics', async () => {
    const cwd = await workshop({ trained: true })
    const { address } = await startKafka(scratchFolder())
    const { results, rows } = await verify(cwd, 'model', 'data.csv', '--kafka', `kafka://${address}/plant`)
    expect(results.Kafka, JSON.stringify(rows)).toBe('equal')
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [address] })
    onTestFinished(() => admin.close())
    expect((await admin.listTopics()).filter(name => name.startsWith('plant'))).toEqual([])
  })

  it('says what a broker answers that cannot be reached', async () => {
    const cwd = await workshop({ trained: true })
    const { code, rows, stderr } = await verify(cwd, 'model', 'data.csv', '--mqtt', 'mqtt://127.0.0.1:1')
    expect(rows.find(({ path }) => path === 'MQTT')).toMatchObject({ result: 'failed' })
    expect(stderr).not.toContain('other scores')
    expect([code, stderr]).toEqual([4, expect.stringContaining('paths-failed')])
  })
})
