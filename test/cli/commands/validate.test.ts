import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SMALL, smallTable, telltale, workshop } from '../world.js'

const VALIDATE = ['validate', 'data.csv']

/** The table with some cells of a line replaced: 1 = the first row. */
function edited(changes: Readonly<Record<number, (cells: string[]) => string[]>>): string {
  return smallTable()
    .split('\n')
    .map((line, i) => (changes[i] ? changes[i](line.split(',')).join() : line))
    .join('\n')
}
const withFlow = (text: string) => (cells: string[]) => [cells[0], text, ...cells.slice(2)]

async function folder(text: string): Promise<string> {
  const cwd = await workshop({ trained: false })
  writeFileSync(join(cwd, 'data.csv'), text)
  return cwd
}

describe('telltale validate', () => {
  it('prints channels, issues and a configuration for a well table, with exit code 0', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stdout, stderr } = await telltale(VALIDATE, { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^data\.csv: valid at level moderate: 0 errors/)
    expect(stdout).toMatch(/^cadence +1 min \(100\.0 % of the steps\)$/m)
    expect(stdout).toMatch(/^flow +[▁-█]{20} /m)
    expect(stdout).toMatch(/^ {4}window: \d+/m)
    expect(stderr).toContain('note: label is taken as the label')
  })

  it.each([
    ['too short', (i: number) => Math.sin(i / 5), 69],
    ['very short', (i: number) => Math.sin(i / 5), 12],
    ['without a change', () => 5, 400],
    ['full of gaps', (i: number) => Math.sin(i / 5), 400, (i: number) => i + 100 * Math.floor(i / 20)],
    ['long enough', (i: number) => Math.sin(i / 5), 400],
  ])(
    'calls a table that is %s valid only where train takes it',
    async (_, value, rows, minute = (i: number) => i) => {
      const at = (i: number) => new Date(Date.UTC(2024, 0, 1) + 60_000 * minute(i)).toISOString()
      const lines = Array.from({ length: rows }, (_, i) => `${at(i)},${value(i).toFixed(4)}\n`)
      const cwd = await folder(`time,a\n${lines.join('')}`)
      const level = ['--validation-level', 'permissive']
      const train = (...more: string[]) =>
        telltale(['train', 'data.csv', '--out', 'm', '--detector', 'z-score', ...level, ...more], { cwd })
      const trained = await train()
      const { code, stdout } = await telltale([...VALIDATE, ...level], { cwd })
      expect([code, stdout]).toEqual([trained.code, expect.any(String)])
      const window = /train --window (\d+)/.exec(stdout)?.[1]
      if (window !== undefined) expect((await train('--window', window)).code).toBe(0)
      if (rows === 69) expect(window).toBe('13')
    },
  )

  it.each(['1e400', '1.#INF', '<0.5'])(
    'calls a table with a cell %s valid only where train takes it',
    async cell => {
      const lines = Array.from(
        { length: 400 },
        (_, i) => `${Math.sin(i / 5).toFixed(3)},${i === 9 ? cell : (i % 7) / 2}\n`,
      )
      const cwd = await folder(`a,b\n${lines.join('')}`)
      const train = (...more: string[]) =>
        telltale(['train', 'data.csv', '--out', 'm', '--detector', 'z-score', ...more], { cwd })
      const options = ['--bad-cells', 'missing', '--missing', 'hold']
      expect([(await telltale(VALIDATE, { cwd })).code, (await train()).code]).toEqual([3, 3])
      expect([
        (await telltale([...VALIDATE, ...options], { cwd })).code,
        (await train(...options)).code,
      ]).toEqual([0, 0])
    },
  )

  it('checks the first rows of a table that memory does not hold, and says so', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${Math.sin(i / 9).toFixed(3)},${i % 7},${i % 5}\n`)
    const cwd = await folder(`a,b,c\n${rows.join('')}`)
    const { code, stdout } = await telltale([...VALIDATE, '--memory', '1'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^samples +8192$/m)
    expect(stdout).toContain('[rows-unchecked] only the rows before row 8192 were checked')
    expect((await telltale(VALIDATE, { cwd })).stdout).toMatch(/^samples +20000$/m)
  })

  it('exits with 3 when an issue is an error, and only at levels at which it is one', async () => {
    const cwd = await folder(edited({ 7: withFlow('1e999'), 8: withFlow('inf') }))
    const at = async (level: string) =>
      (
        await telltale(
          [...VALIDATE, '--bad-cells', 'missing', '--missing', 'hold', '--validation-level', level],
          { cwd },
        )
      ).code
    expect([await at('strict'), await at('permissive')]).toEqual([3, 0])
  })

  it('reports cells that hold text, and a column of it', async () => {
    const cwd = await folder(
      edited({ 5: withFlow('broken') })
        .replace('time,', 'time,name,')
        .replaceAll(/Z,/g, 'Z,pump,'),
    )
    const args = [...VALIDATE, '--role', 'name=channel']
    const { code, stdout } = await telltale([...args, '--format', 'json'], { cwd })
    expect(code).toBe(3)
    const found = JSON.parse(stdout).issues.map((issue: { code: string; channel: string; count: number }) => [
      issue.code,
      issue.channel,
      issue.count,
    ])
    expect(found).toContainEqual(['column-text', 'name', 600])
    expect(found).toContainEqual(['column-partly-text', 'flow', 1])
    expect((await telltale([...args, '--validation-level', 'permissive'], { cwd })).stdout).toContain(
      '- "name"  # column-text',
    )
  })

  it('checks a table in disorder after sorting it, and is valid only where train takes it', async () => {
    const lines = smallTable().split('\n')
    const cwd = await folder([...lines.slice(0, 300), lines[301], lines[300], ...lines.slice(302)].join('\n'))
    const { code, stdout } = await telltale(VALIDATE, { cwd })
    expect(code).toBe(3)
    expect(stdout).toContain('error [rows-late] rows earlier than the one before')
    const sorted = await telltale([...VALIDATE, '--late-rows', 'sort'], { cwd })
    expect(sorted.code).toBe(0)
    expect(sorted.stdout).toContain('warning [time-backwards] samples earlier than the one before: 1')
  })

  it('reports a file that is no table with exit code 3, in every form', async () => {
    const cwd = await folder(edited({ 9: cells => cells.slice(0, 2) }))
    const { code, stdout } = await telltale([...VALIDATE, '--report', 'health.html'], { cwd })
    expect(code).toBe(3)
    expect(stdout).toContain('error [table-unreadable]')
    expect(stdout).toContain('line 10')
    expect(readFileSync(join(cwd, 'health.html'), 'utf8')).toContain('table-unreadable')
  })

  it('repairs, checks afterwards, reports each change and writes the table', async () => {
    const cwd = await folder(edited({ 5: withFlow(''), 6: withFlow('') }))
    const args = [...VALIDATE, '--fix', '--output', 'out/repaired.csv', '--validation-level', 'moderate']
    const { code, stdout } = await telltale(args, { cwd })
    expect(code).toBe(0)
    expect(stdout).not.toContain('missing-some')
    expect(stdout).toContain('flow: missing readings filled by linear interpolation: 2')
    const lines = readFileSync(join(cwd, 'out', 'repaired.csv'), 'utf8')
      .trim()
      .split('\n')
    expect(lines).toHaveLength(601)
    expect(lines.filter(line => line.includes(',,'))).toEqual([])
    expect(lines[0]).toBe('time,flow,pressure,label')
  })

  it('writes the report by its ending and a configuration that train takes', async () => {
    const cwd = await folder(edited({ 5: withFlow('') }))
    for (const ending of ['md', 'html', 'json', 'txt'])
      expect(
        (
          await telltale([...VALIDATE, '--missing', 'linear', '--report', `reports/health.${ending}`], {
            cwd,
          })
        ).code,
      ).toBe(0)
    expect((await telltale(VALIDATE, { cwd })).code).toBe(3)
    expect(readFileSync(join(cwd, 'reports/health.md'), 'utf8')).toContain('# Health of data.csv')
    expect(JSON.parse(readFileSync(join(cwd, 'reports/health.json'), 'utf8')).valid).toBe(true)
    await telltale([...VALIDATE, '--suggest', 'start.yaml'], { cwd })
    const train = ['train', 'data.csv', '--config', 'start.yaml', '--out', 'model', ...SMALL.slice(2)]
    const { code, stdout, stderr } = await telltale([...train, '--rows', ':480', '--window', '10'], { cwd })
    expect([code, stderr]).toEqual([0, expect.stringContaining('note: label is taken')])
    expect(stdout).toMatch(/^channels +flow, pressure$/m)
  })

  it('holds data to the schema of a model', async () => {
    const cwd = await workshop({ trained: true })
    const against = async () => telltale([...VALIDATE, '--model', 'model', '--format', 'jsonl'], { cwd })
    expect((await against()).code).toBe(0)
    writeFileSync(join(cwd, 'data.csv'), smallTable().split('\n').slice(0, 6).join('\n'))
    expect(await against()).toMatchObject({ code: 0, stdout: '' })
    writeFileSync(join(cwd, 'data.csv'), smallTable().replace('pressure', 'level'))
    const { code, stdout } = await against()
    expect(code).toBe(3)
    expect(
      stdout
        .split('\n')
        .slice(0, 2)
        .map(line => JSON.parse(line).code),
    ).toEqual(['channel-lost', 'channel-unknown'])
  })

  it('has an answer for every broken file', async () => {
    const cwd = await workshop({ trained: false })
    const files = readdirSync('test/fixtures/broken', { withFileTypes: true })
      .filter(entry => entry.isFile() && !/README|expected/.test(entry.name))
      .map(({ name }) => name)
    expect(files.length).toBeGreaterThan(40)
    for (const name of files) {
      const { code, stdout, stderr } = await telltale(['validate', resolve('test/fixtures/broken', name)], {
        cwd,
      })
      const answer =
        code === 0 || code === 3
          ? /: (not )?valid at level moderate/.test(stdout)
          : /error \[file-/.test(stderr)
      expect([name, code, answer]).toEqual([name, code, true])
    }
  })

  it.each([
    ['a file that does not exist', ['validate', 'nowhere.csv'], 1, 'file-not-found'],
    ['a report of an unknown kind', [...VALIDATE, '--report', 'x.pdf'], 2, 'format-unknown'],
    ['repairs at level strict', [...VALIDATE, '--fix', '--validation-level', 'strict'], 2, 'option-invalid'],
    ['a range of no channel', [...VALIDATE, '--ranges', 'speed=0..1'], 2, 'option-invalid'],
    ['a range that is none', [...VALIDATE, '--ranges', 'flow=high'], 2, 'option-invalid'],
  ])('refuses %s', async (_, args, expectedCode, error) => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await telltale(args, { cwd })
    expect(stderr).toContain(`error [${error}]: `)
    expect(code).toBe(expectedCode)
  })
})
