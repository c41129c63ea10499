import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { fixturePath } from '../../model/fixtures.js'
import { scratchFolder, telltale } from '../world.js'

/** 3,000 samples of two channels without a season. */
function table(seed: number, shift: number): string {
  const random = createRandom(seed)
  const lines = ['time,flow,pressure']
  for (let i = 0; i < 3000; i++) {
    const time = new Date(Date.UTC(2024, 0, seed) + i * 1000).toISOString()
    lines.push(`${time},${(5 + random.normal()).toFixed(4)},${(2 + random.normal() + shift).toFixed(4)}`)
  }
  return `${lines.join('\n')}\n`
}

let cwd: string
const run = (...args: string[]) => telltale([...args, '--workers', '1'], { cwd })
beforeEach(async () => {
  cwd = scratchFolder()
  writeFileSync(join(cwd, 'history.csv'), table(1, 0))
  writeFileSync(join(cwd, 'same.csv'), table(2, 0))
  writeFileSync(join(cwd, 'shifted.csv'), table(3, 1))
  await run(
    'train',
    'history.csv',
    '--detector',
    'z-score',
    '--window',
    '10',
    '--registry',
    'models',
    '--out',
    'pump',
  )
})
const drift = (data: string, ...more: string[]) =>
  run('drift', 'check', data, '--model', 'pump@1', '--registry', 'models', ...more)

describe('telltale drift check', () => {
  it('finds nothing in data like the history', async () => {
    const { code, stdout } = await drift('same.csv', '--fail-on-drift')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ok\. Nothing differs/m)])
  })

  it('names the channel that has shifted, and the scores, with exit code 11 when asked', async () => {
    const { code, stdout } = await drift('shifted.csv', '--format', 'json')
    const { drifted, channels, score } = JSON.parse(stdout)
    expect([code, drifted]).toEqual([0, true])
    expect(channels.map((one: { channel: string; level: string }) => [one.channel, one.level])).toEqual([
      ['flow', 'none'],
      ['pressure', 'large'],
    ])
    expect(channels[1].meanShift).toBeCloseTo(1, 1)
    expect(['moderate', 'large']).toContain(score.level)
    expect((await drift('shifted.csv', '--fail-on-drift')).code).toBe(11)
    const csv = await drift('shifted.csv', '--format', 'csv', '--no-scores')
    expect(csv.stdout.trim().split('\n')).toHaveLength(3)
    expect((await drift('shifted.csv')).stdout).not.toContain('The table is of all rows')
  })

  it('says what to do, and runs a command with the verdict in its environment', async () => {
    writeFileSync(
      join(cwd, 'note.mjs'),
      "import { writeFileSync } from 'node:fs'\nconst { TELLTALE_VERDICT, TELLTALE_CHANNELS } = process.env\nwriteFileSync('called', TELLTALE_VERDICT + '|' + TELLTALE_CHANNELS)\n",
    )
    const { code, stdout } = await drift('shifted.csv', '--on-drift', 'node note.mjs')
    expect(code).toBe(0)
    const verdict = /^drift: (recalibrate|retrain|check sensor)\. .+\.$/m.exec(stdout)?.[1]
    expect(readFileSync(join(cwd, 'called'), 'utf8')).toBe(`${verdict}|pressure`)
    const failing = await drift('shifted.csv', '--on-drift', 'exit 3')
    expect([failing.code, failing.stderr]).toEqual([1, expect.stringContaining('its exit code is 3')])
    rmSync(join(cwd, 'called'))
    const same = await drift('same.csv', '--on-drift', 'node note.mjs')
    expect(same.stdout).toContain('\nok. Nothing differs from the history.')
    expect(existsSync(join(cwd, 'called'))).toBe(false)
  })

  it('does not say to retrain because of a few events, whole and in chunks', async () => {
    // Two faults in both channels, a tenth of the rows.
    const lines = table(4, 0).trim().split('\n')
    const isFault = (i: number) => (i > 600 && i <= 750) || (i > 2000 && i <= 2150)
    const faulty = lines.map((line, i) => {
      const [time, flow, pressure] = line.split(',')
      return isFault(i) ? `${time},${Number(flow) + 12},${Number(pressure) - 12}` : line
    })
    writeFileSync(join(cwd, 'faulty.csv'), `${faulty.join('\n')}\n`)
    const said = /^ok\. \d+ % of the rows are in \d+ events; without them nothing differs from the history\./m
    const { stdout } = await drift('faulty.csv')
    expect(stdout).toMatch(said)
    expect(stdout).toContain(
      'errors: how the differences between readings and what the model expects have changed;',
    )
    expect(stdout).toContain('The table is of all rows, those of events included;')
    const chunked = await drift('faulty.csv', '--chunk-rows', '500', '--fail-on-drift')
    expect([chunked.code, chunked.stdout]).toEqual([0, expect.stringMatching(said)])
    expect((await drift('faulty.csv', '--no-scores')).stdout).not.toContain('events')
  })

  it('counts missing readings, and says when there are too few samples', async () => {
    writeFileSync(join(cwd, 'holes.csv'), table(2, 0).replace(/^(.*Z),[^,]*,(.*[02468])$/gm, '$1,,$2'))
    const holes = await drift('holes.csv', '--no-scores', '--format', 'json')
    expect(JSON.parse(holes.stdout).channels[0]).toMatchObject({ channel: 'flow', missingLevel: 'large' })
    const few = await drift('same.csv', '--rows', ':5', '--no-scores')
    expect([few.code, few.stderr]).toEqual([0, expect.stringContaining('too few samples to test')])
  })

  it('refuses a model of before references were kept, and data without a channel', async () => {
    cpSync(fixturePath('z-score'), join(cwd, 'old'), { recursive: true })
    const old = await run('drift', 'check', 'same.csv', '--model', 'old')
    expect([old.code, old.stderr]).toEqual([4, expect.stringContaining('error [reference-missing]')])
    writeFileSync(join(cwd, 'less.csv'), table(2, 0).replace(/,[^,\n]*$/gm, ''))
    expect((await drift('less.csv')).code).toBe(3)
  })
})

describe('telltale drift watch', () => {
  const body = (seed: number, shift: number) => table(seed, shift).split('\n').slice(1).join('\n')
  const watch = (...more: string[]) =>
    run(
      'drift',
      'watch',
      'live.csv',
      '--model',
      'pump@1',
      '--registry',
      'models',
      '--no-scores',
      '--history',
      'drift.jsonl',
      '--looks',
      '1',
      ...more,
    )
  const lines = () =>
    readFileSync(join(cwd, 'drift.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  const alerts = () => lines().map(({ alert }) => alert)

  it('checks what is there, then only rows that are new and enough, also after it was started again', async () => {
    writeFileSync(join(cwd, 'live.csv'), table(2, 0))
    expect((await watch()).stdout).toMatch(/3000 samples {2}ok\./)
    expect((await watch()).stdout).toBe('')
    appendFileSync(join(cwd, 'live.csv'), body(3, 1).split('\n').slice(0, 900).join('\n'))
    expect((await watch()).stdout).toBe('')
    appendFileSync(join(cwd, 'live.csv'), `\n${body(3, 1).split('\n').slice(900).join('\n')}`)
    const { code, stdout } = await watch('--fail-on-drift')
    expect([code, stdout]).toEqual([11, expect.stringMatching(/3000 samples {2}drift: .*pressure/)])
    expect(lines().map(({ samples, drifted }) => [samples, drifted])).toEqual([
      [3000, false],
      [3000, true],
    ])
  })

  it('runs the command once within the cool-down, and again for another drift or after it', async () => {
    const command = ['--on-drift', 'echo x >> called']
    writeFileSync(join(cwd, 'live.csv'), table(2, 1))
    await watch(...command)
    for (const seed of [3, 4]) {
      appendFileSync(join(cwd, 'live.csv'), body(seed, 1))
      await watch(...command)
    }
    expect(alerts()).toEqual([true, false, false])
    appendFileSync(join(cwd, 'live.csv'), body(5, 1))
    await watch(...command, '--cool-down', '0s')
    appendFileSync(join(cwd, 'live.csv'), body(6, 1).replace(/Z,(\d)/g, 'Z,9$1'))
    await watch(...command)
    expect(alerts()).toEqual([true, false, false, true, true])
    expect(readFileSync(join(cwd, 'called'), 'utf8').trim().split('\n')).toHaveLength(3)
  })

  it('follows a file that grows and a folder that gets files, until the looks are done', async () => {
    mkdirSync(join(cwd, 'live'))
    writeFileSync(join(cwd, 'live', '1.csv'), table(2, 0))
    let printed = ''
    const { code } = await telltale(
      [
        'drift',
        'watch',
        'live',
        '--model',
        'pump@1',
        '--registry',
        'models',
        '--no-scores',
        '--workers',
        '1',
        '--interval',
        '1ms',
        '--looks',
        '2',
      ],
      {
        cwd,
        stdout: text => {
          if (printed === '') writeFileSync(join(cwd, 'live', '2.csv'), table(3, 1))
          printed += text
        },
      },
    )
    expect([
      code,
      printed
        .trim()
        .split('\n')
        .map(line => / {2}(ok|drift)[.:]/.exec(line)?.[1]),
    ]).toEqual([0, ['ok', 'drift']])
  })

  it('continues after a line that was cut, a file that cannot be read for a while, and a clock that went back', async () => {
    writeFileSync(join(cwd, 'live.csv'), table(5, 0))
    await watch()
    appendFileSync(join(cwd, 'drift.jsonl'), '{"at":"2024-')
    writeFileSync(join(cwd, 'live.csv'), table(2, 0))
    const back = await watch()
    expect(back.stderr).toContain('the times went back')
    const { code, stdout, stderr } = await run('drift', 'history', 'drift.jsonl')
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining('0 of 2 checks'),
      expect.stringContaining('1 line is no check and is left out: 2'),
    ])
    writeFileSync(join(cwd, 'live.csv'), '')
    let printed = 0
    const gone = await telltale(
      [
        'drift',
        'watch',
        'same.csv',
        '--model',
        'pump@1',
        '--registry',
        'models',
        '--no-scores',
        '--interval',
        '1ms',
        '--looks',
        '2',
        '--workers',
        '1',
      ],
      { cwd, stdout: () => void (printed++ === 0 && rmSync(join(cwd, 'same.csv'))) },
    )
    expect([gone.code, gone.stderr]).toEqual([0, expect.stringContaining('not checked: ')])
  })

  it('refuses data that are not there, and units that are none', async () => {
    expect((await watch()).stderr).toContain('[file-not-found]')
    writeFileSync(join(cwd, 'live.csv'), table(2, 0))
    expect((await watch('--cool-down', '1 day')).code).toBe(2)
  })
})

describe('telltale drift history', () => {
  it('gives the course of each channel', async () => {
    for (let seed = 10; seed < 20; seed++) {
      writeFileSync(join(cwd, 'day.csv'), table(seed, 0.1 * (seed - 10)))
      await drift('day.csv', '--no-scores', '--history', 'drift.jsonl')
    }
    const { stdout } = await run('drift', 'history', 'drift.jsonl', '--format', 'json')
    const { checks, drifted, channels } = JSON.parse(stdout)
    expect(checks).toBe(10)
    expect(drifted).toBeGreaterThan(5)
    const byName = Object.fromEntries(channels.map((one: { channel: string }) => [one.channel, one]))
    expect(byName.pressure).toMatchObject({ checks: 10, trend: 'rising', level: 'large' })
    expect(byName.flow).toMatchObject({ trend: 'none', drifted: 0 })
  })

  it('refuses a file that holds none', async () => {
    const { code, stderr } = await run('drift', 'history', 'same.csv')
    expect([code, stderr]).toEqual([1, expect.stringContaining('error [history-unknown]')])
    expect(stderr).toContain('telltale drift check DATA --model MODEL --history FILE')
    expect((await run('drift', 'history')).code).toBe(2)
  })
})

describe('telltale drift export and import', () => {
  const pump = ['--model', 'pump@1', '--registry', 'models']

  it('carry a reference to another model, which then checks with it', async () => {
    expect((await run('drift', 'export', ...pump, '--out', 'reference.json')).code).toBe(0)
    const train = ['--detector', 'z-score', '--window', '10', '--registry', 'models', '--out', 'other']
    await run('train', 'shifted.csv', ...train)
    const against = async (model: string) =>
      JSON.parse(
        (
          await run(
            'drift',
            'check',
            'same.csv',
            '--model',
            model,
            '--registry',
            'models',
            '--no-scores',
            '--format',
            'json',
          )
        ).stdout,
      )
    expect((await against('other@1')).drifted).toBe(true)
    const imported = await run(
      'drift',
      'import',
      'reference.json',
      '--model',
      'other@1',
      '--registry',
      'models',
      '--out',
      'other',
    )
    expect([imported.code, imported.stdout]).toEqual([0, expect.stringContaining('other@2')])
    expect(await against('other@2')).toEqual(await against('pump@1'))
  })

  it('refuse a reference of other channels, and one with a changed byte', async () => {
    await run('drift', 'export', ...pump, '--out', 'reference.json')
    writeFileSync(join(cwd, 'heat.csv'), table(2, 0).replace('flow', 'heat'))
    await run('train', 'heat.csv', '--detector', 'z-score', '--window', '10', '--out', './heat')
    const other = await run('drift', 'import', 'reference.json', '--model', './heat', '--out', './new')
    expect([other.code, other.stderr]).toEqual([4, expect.stringContaining('[reference-differs]')])
    writeFileSync(
      join(cwd, 'reference.json'),
      readFileSync(join(cwd, 'reference.json'), 'utf8').replace('3000', '3001'),
    )
    const changed = await run('drift', 'import', 'reference.json', ...pump, '--out', './new')
    expect([changed.code, changed.stderr]).toEqual([
      4,
      expect.stringContaining(
        'reference.json is no reference that `telltale drift export` wrote: its hash differs',
      ),
    ])
    expect(existsSync(join(cwd, 'new'))).toBe(false)
  })
})
