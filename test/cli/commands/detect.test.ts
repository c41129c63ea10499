import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/engine/index.js'
import { SMALL, scratchFolder, smallTable, telltale, workshop } from '../world.js'

const DETECT = ['detect', 'data.csv', '--model', 'model', '--workers', '1']

describe('telltale detect', () => {
  it('prints the event, and how it agrees with the labels', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout } = await telltale(DETECT, { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^2024-01-01 08:2\d {2,}\d+ min {2}.* {2}flow \d+ %, pressure \d+ % +[a-z-]+ +e20240101T\d{9}$/m,
    )
    expect(stdout).toMatch(
      /^2024-01-01 08:2\d:00 {2}[a-z-]+ \((sensor|machine|operation|unclear)\): flow .*expected /m,
    )
    expect(stdout).toContain('labelled events found: 1 of 1')
  })

  it('says what to do where most of a table differs from the history', async () => {
    const cwd = await workshop({ trained: true })
    const usual = await telltale(DETECT, { cwd })
    expect(usual.stderr).not.toContain('more than half')
    const [header, ...rows] = smallTable().trim().split('\n')
    const moved = rows.map((row, i) =>
      i < 100 ? row : row.replace(/,([^,]*),/, (_, flow) => `,${Number(flow) + 40},`),
    )
    writeFileSync(join(cwd, 'moved.csv'), `${[header, ...moved].join('\n')}\n`)
    const { stderr } = await telltale(['detect', 'moved.csv', ...DETECT.slice(2)], { cwd })
    expect(stderr).toMatch(
      /note: events last for more than half of the scored samples: most of the data differ from the history\..*`telltale drift check` names/,
    )
  })

  it.each(['csv', 'jsonl'])('writes the same %s files chunk by chunk as of the whole table', async ending => {
    const cwd = await workshop({ trained: true })
    const outputs = (name: string) => [
      '--scores',
      `${name}.${ending}`,
      '--events',
      `${name}-events.${ending}`,
    ]
    const whole = await telltale([...DETECT, ...outputs('whole'), '--no-explain'], { cwd })
    const chunks = ['--chunk-rows', '37', '--no-explain']
    const parts = await telltale([...DETECT, ...outputs('parts'), ...chunks], { cwd })
    const read = (name: string) => readFileSync(join(cwd, `${name}.${ending}`), 'utf8')
    expect(read('parts')).toBe(read('whole'))
    expect(read('parts-events')).toBe(read('whole-events'))
    expect([whole.code, parts.code]).toEqual([0, 0])
    const summary = /\d+ events?; \d+ of \d+ scored samples are above the threshold/
    expect(parts.stdout).toContain(summary.exec(whole.stdout)![0])
    expect(parts.stderr).toBe(whole.stderr)
  })

  it('explains the events of a table that is scored chunk by chunk', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['--chunk-rows', '50', '--events', 'events.jsonl', '--format', 'json']
    const { stdout, stderr } = await telltale([...DETECT, ...args], { cwd })
    const { events } = JSON.parse(stdout)
    expect(events.length, stderr).toBeGreaterThan(0)
    const worst = events.reduce((a: { score: number }, b: { score: number }) => (b.score > a.score ? b : a))
    expect(worst.sentence).toMatch(/^flow .*expected/)
    const written = readFileSync(join(cwd, 'events.jsonl'), 'utf8').trim().split('\n')
    expect(written.map(line => JSON.parse(line).sentence)).toContain(worst.sentence)
  })

  it('tells of a table scored chunk by chunk what it tells of the whole, labels included', async () => {
    const cwd = await workshop({ trained: true })
    const lines = smallTable().split('\n')
    // A frozen sensor, a reading far off and a single label without a flag.
    for (let i = 100; i < 160; i++) lines[i + 1] = lines[i + 1].replace(/,[^,]*,/, ',0.25,')
    lines[301] = lines[301].replace(/,[^,]*,/, ',-40,').replace(/0$/, '1')
    lines[401] = lines[401].replace(/0$/, '1')
    writeFileSync(join(cwd, 'data.csv'), lines.join('\n'))
    const whole = await telltale([...DETECT, '--format', 'json', '--no-explain'], { cwd })
    for (const rows of ['19', '250']) {
      const chunks = ['--chunk-rows', rows, '--no-explain']
      const parts = await telltale([...DETECT, '--format', 'json', ...chunks], { cwd })
      expect(parts.stdout).toBe(whole.stdout)
      expect(parts.stderr).toBe(whole.stderr)
    }
    expect(JSON.parse(whole.stdout).labels).toMatchObject({ labelledEvents: 3 })
    expect(whole.stderr).toContain('stuck at 0.25')
  })

  it.each(['linear', 'mask'])(
    'has the same scores, p-values, severities and labels in Parquet of chunks, of over 1000 events and readings filled by %s',
    async missing => {
      const cwd = scratchFolder()
      const table = (faults: boolean) =>
        Array.from({ length: faults ? 13_000 : 2000 }, (_, i) => {
          const isFault = faults && i % 12 === 6
          const flow = Math.sin(0.3 * i) + 0.05 * Math.sin(7.3 * i) + (isFault ? 9 : 0)
          const cell = faults && i % 97 < 3 ? '' : flow.toFixed(4)
          const time = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString()
          return `${time},${cell},${Math.cos(0.3 * i + 0.01 * Math.sin(i)).toFixed(4)},${isFault ? 1 : 0}\n`
        }).join('')
      const header = 'time,flow,pressure,label\n'
      writeFileSync(join(cwd, 'history.csv'), header + table(false))
      writeFileSync(join(cwd, 'faults.csv'), header + table(true))
      const detector = ['--detector', 'z-score', '--event-length', '0', '--workers', '1']
      await telltale(['train', 'history.csv', '--out', 'model', ...detector], { cwd })
      const detect = (name: string, ...more: string[]) => {
        const files = ['--scores', `${name}.parquet`, '--events', `${name}-events.parquet`]
        const rules = [
          '--model',
          'model',
          '--missing',
          missing,
          '--merge-gap',
          '0',
          '--format',
          'json',
          '--no-explain',
        ]
        return telltale(['detect', 'faults.csv', ...rules, ...files, ...more], { cwd })
      }
      const whole = JSON.parse((await detect('whole')).stdout)
      const { stdout, stderr, code } = await detect('parts', '--chunk-rows', '700')
      const parts = JSON.parse(stdout)
      expect(code).toBe(0)
      expect(whole.eventCount).toBeGreaterThan(1000)
      expect([parts.eventCount, parts.labels]).toEqual([whole.eventCount, whole.labels])
      expect(parts.labels.labelledEvents).toBe(1083)
      expect(parts.events).toHaveLength(1000)
      expect(stderr).toContain(`${whole.eventCount - 1000} more are not`)
      const paths = ['whole', 'parts'].flatMap(name => [`${name}.parquet`, `${name}-events.parquet`])
      const [scores, events, scoresOfParts, eventsOfParts] = paths.map(path => `'${join(cwd, path)}'`)
      const engine = await openEngine({ files: paths.map(path => join(cwd, path)) })
      try {
        const rows = (from: string) => engine.rows(`select * from ${from}`)
        const all = await rows(scores)
        expect(
          all.filter(({ p_value, severity }) => p_value !== null && Number(severity) > 0).length,
        ).toBeGreaterThan(1000)
        expect(await rows(scoresOfParts)).toEqual(all)
        expect(await rows(eventsOfParts)).toEqual(await rows(events))
      } finally {
        engine.close()
      }
    },
  )

  it('refuses invalid data chunk by chunk as in the whole, and leaves no file', async () => {
    const cwd = await workshop({ trained: true })
    const slow = smallTable().replace(/T(\d\d):(\d\d)/g, (_, h, m) => {
      const minutes = 3 * (60 * Number(h) + Number(m))
      const pad = (x: number) => String(x).padStart(2, '0')
      return `T${pad(Math.floor(minutes / 60) % 24)}:${pad(minutes % 60)}`
    })
    writeFileSync(join(cwd, 'data.csv'), slow.split('\n').slice(0, 400).join('\n'))
    const whole = await telltale(DETECT, { cwd })
    const files = ['--scores', 's.csv', '--events', 'e.jsonl']
    const parts = await telltale([...DETECT, ...files, '--chunk-rows', '50'], { cwd })
    expect([whole.code, parts.code]).toEqual([3, 3])
    expect(parts.stderr).toBe(whole.stderr)
    expect(readdirSync(cwd).sort()).toEqual(['data.csv', 'model'])
  })

  it.each([
    ['a pattern that would not fit in --memory', () => ['day*.csv', '--memory', '1']],
    [
      'a query, whose size nobody knows',
      (cwd: string) => ['--sql', `select * from '${join(cwd, 'data.csv')}'`],
    ],
  ])('scores %s in chunks by itself', async (_, source) => {
    const cwd = await workshop({ trained: true })
    for (let day = 10; day < 25; day++)
      writeFileSync(join(cwd, `day${day}.csv`), smallTable().replaceAll('2024-01-01', `2024-01-${day}`))
    // Of a table that is read in chunks, progress tells how many bytes were read.
    const args = ['detect', ...source(cwd), ...DETECT.slice(2), '--progress', 'json']
    const { code, stderr } = await telltale(args, { cwd })
    expect([code, stderr]).toEqual([0, expect.stringMatching(/"event":"score".*"bytes":/)])
    const whole = await telltale([...DETECT, '--progress', 'json'], { cwd })
    expect(whole.stderr).toMatch(/"event":"score"/)
    expect(whole.stderr).not.toContain('"bytes":')
  })

  it('tells rows and bytes while it scores chunk by chunk', async () => {
    const cwd = await workshop({ trained: true })
    const { stderr } = await telltale([...DETECT, '--chunk-rows', '100', '--progress', 'json'], { cwd })
    const lines = stderr
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line))
    const { size } = statSync(join(cwd, 'data.csv'))
    expect(lines.at(-1)).toMatchObject({ event: 'score', done: 600, bytes: size, totalBytes: size })
  })

  it('leaves no file behind when a chunk is bad', async () => {
    const cwd = await workshop({ trained: true })
    writeFileSync(
      join(cwd, 'data.csv'),
      smallTable().replace(/(.*\n){550}/, part => `${part}broken,1,2,0\n`),
    )
    const { code } = await telltale([...DETECT, '--chunk-rows', '50', '--scores', 's.csv'], { cwd })
    expect(code).toBe(3)
    expect(readdirSync(cwd).sort()).toEqual(['data.csv', 'model'])
  })

  it('says nothing about labels when there are none', async () => {
    const cwd = await workshop({ trained: true })
    const unlabelled = smallTable()
      .replaceAll(/,[01]\n/g, '\n')
      .replace(',label', '')
    writeFileSync(join(cwd, 'data.csv'), unlabelled)
    const { code, stdout } = await telltale(DETECT, { cwd })
    expect(code).toBe(0)
    expect(stdout).not.toContain('label')
  })

  it('writes one row per sample and one per event', async () => {
    const cwd = await workshop({ trained: true })
    await telltale([...DETECT, '--scores', 'out/scores.csv', '--events', 'out/events.jsonl'], { cwd })
    const scores = readFileSync(join(cwd, 'out', 'scores.csv'), 'utf8')
      .trim()
      .split('\n')
    expect(scores[0]).toBe('time,score,p_value,severity,flag,reason,residual:flow,residual:pressure')
    expect(scores).toHaveLength(601)
    const events = readFileSync(join(cwd, 'out', 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
    expect(events.map(line => JSON.parse(line)).some(({ peak }) => peak.startsWith('2024-01-01T08:2'))).toBe(
      true,
    )
  })

  it('writes scores to stdout for `-`, and nothing else', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout, stderr } = await telltale([...DETECT, '--scores', '-'], { cwd })
    expect(stdout.trim().split('\n')).toHaveLength(601)
    expect(stderr).toContain('labelled events found')
  })

  it('gives events, counts and threshold as one JSON object', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale([...DETECT, '--format', 'json'], { cwd })
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ samples: 600, scored: 600, labels: { labelledEvents: 1, foundEvents: 1 } })
    expect(result.events.length).toBeGreaterThan(0)
  })

  it('flags with a multiple of the threshold what is above as many times the score of 1', async () => {
    const cwd = await workshop({ trained: true })
    const flagged = async (...more: string[]) =>
      JSON.parse((await telltale([...DETECT, '--format', 'json', ...more], { cwd })).stdout).flagged
    await telltale([...DETECT, '--scores', 'scores.csv'], { cwd })
    const scores = readFileSync(join(cwd, 'scores.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map(line => Number(line.split(',')[1]))
    const above = (level: number) => scores.filter(score => score > level).length
    expect(above(5)).toBeLessThan(above(1))
    for (const multiple of [1, 2, 5, 1e9])
      expect(await flagged('--threshold', String(multiple))).toBe(above(multiple))
  })

  it.each(['causal', 'two-sided'])('scores by the samples that --alignment %s allows', async alignment => {
    const cwd = await workshop({ trained: true })
    const scoresOf = async (name: string, ...more: string[]) => {
      await telltale([...DETECT, '--scores', name, '--alignment', alignment, ...more], { cwd })
      return readFileSync(join(cwd, name), 'utf8').trim().split('\n').slice(1)
    }
    const all = await scoresOf('all.csv')
    const before = await scoresOf('before.csv', '--rows', ':500')
    // The fault begins at 500: a causal score before it does not know of it.
    const changed = before.flatMap((line, i) => (line === all[i] ? [] : [i]))
    expect(changed).toEqual(alignment === 'causal' ? [] : Array.from({ length: 9 }, (_, i) => 491 + i))
    const own = JSON.parse(
      (await telltale([...DETECT, '--format', 'json', '--alignment', alignment], { cwd })).stdout,
    )
    const manifest = JSON.parse(readFileSync(join(cwd, 'model', 'manifest.json'), 'utf8'))
    expect([own.alignment, own.threshold.level]).toEqual([alignment, manifest.calibration[alignment].level])
  })

  it('exits with 10 on an anomaly only when asked to', async () => {
    const cwd = await workshop({ trained: true })
    expect((await telltale([...DETECT, '--fail-on-anomaly'], { cwd })).code).toBe(10)
    expect((await telltale([...DETECT, '--fail-on-anomaly', '--threshold', '1e9'], { cwd })).code).toBe(0)
  })

  it('re-orders channels by name, to the same scores', async () => {
    const cwd = await workshop({ trained: true })
    await telltale([...DETECT, '--scores', 'a.csv'], { cwd })
    const swapped = smallTable().replace(/^(.*?),(.*?),(.*?),/gm, '$1,$3,$2,')
    writeFileSync(join(cwd, 'data.csv'), swapped)
    await telltale([...DETECT, '--scores', 'b.csv'], { cwd })
    expect(readFileSync(join(cwd, 'b.csv'), 'utf8')).toBe(readFileSync(join(cwd, 'a.csv'), 'utf8'))
  })

  it('remembers under which name the labels were during training', async () => {
    const cwd = await workshop({ trained: false })
    writeFileSync(join(cwd, 'data.csv'), smallTable().replace(',label', ',broken'))
    const train = ['train', 'data.csv', '--rows', ':480', '--out', 'model', '--label-column', 'broken']
    await telltale([...train, '--window', '10', '--units', '4', '--epochs', '1', '--workers', '1'], { cwd })
    expect((await telltale(DETECT, { cwd })).stdout).toContain('labelled events found')
    writeFileSync(join(cwd, 'data.csv'), smallTable())
    expect((await telltale(DETECT, { cwd })).stdout).toContain('labelled events found')
  })

  it.each([
    ['a model that does not exist', ['--model', 'nowhere'], 4, 'artefact-missing'],
    ['an unknown format', ['--scores', 'scores.xls'], 2, 'format-unknown'],
    ['a place below a file', ['--scores', 'data.csv/scores.csv'], 1, 'file-unwritable'],
    ['two tables on stdout', ['--scores', '-', '--events', '-'], 2, 'option-conflict'],
    ['threshold and quantile', ['--threshold', '2', '--quantile', '0.9'], 2, 'option-conflict'],
    ['a quantile outside (0, 1)', ['--quantile', '1.5'], 2, 'option-invalid'],
    ['a column that does not exist', ['--time-column', 'when'], 3, 'data-column-missing'],
    ['fewer rows than a window', ['--rows', ':5'], 3, 'data-too-short'],
  ])('refuses %s and writes nothing', async (_, more, expectedCode, error) => {
    const cwd = await workshop({ trained: true })
    const { code, stdout, stderr } = await telltale([...DETECT, ...more], { cwd })
    expect(stderr).toContain(`error [${error}]: `)
    expect([code, stdout]).toEqual([expectedCode, ''])
    expect(readdirSync(cwd).sort()).toEqual(['data.csv', 'model'])
  })

  it('names missing and extra channels', async () => {
    const cwd = await workshop({ trained: true })
    writeFileSync(join(cwd, 'data.csv'), smallTable().replace('pressure', 'level'))
    const { code, stderr } = await telltale(DETECT, { cwd })
    expect(code).toBe(3)
    expect(stderr).toContain('missing pressure; not known to the model level')
  })
})

describe('telltale detect with a model of a table that was renamed and resampled', () => {
  it('reads the next table in the same way without being told', async () => {
    const cwd = await workshop({ trained: false })
    const reading = ['--rename', 'flow=litres', '--cadence', '2m', '--rows', ':240']
    const trained = await telltale(['train', 'data.csv', '--out', 'model', ...SMALL, ...reading], { cwd })
    expect(trained.stderr).not.toContain('error')
    const { code, stderr } = await telltale(
      ['detect', 'data.csv', '--model', 'model', '--scores', 'scores.csv'],
      { cwd },
    )
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    const [header, ...rows] = readFileSync(join(cwd, 'scores.csv'), 'utf8').trim().split('\n')
    expect(header).toContain('residual:litres')
    expect(rows).toHaveLength(300)
  })
})
