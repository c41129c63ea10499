import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger, logOptions } from '../../src/observe/index.js'

let folder: string
let lines: string[]
const stderr = (line: string) => {
  lines.push(line)
}
const json = (options: Parameters<typeof createLogger>[0] = {}) =>
  createLogger({ level: 'trace', format: 'json', ...options }, { stderr })
const last = () => JSON.parse(lines.at(-1)!)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-log-'))
  lines = []
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('logOptions', () => {
  it('is quiet and readable by default', () => {
    expect(logOptions.parse({})).toEqual({
      level: 'warn',
      format: 'pretty',
      maxSizeBytes: 10_485_760,
      asynchronous: false,
      backups: 5,
    })
  })
})

describe('createLogger', () => {
  it('writes one JSON object per line: time, level by name, fields, message', () => {
    json().info({ rows: 5, file: 'a.csv' }, 'read')
    expect(lines).toHaveLength(1)
    expect(lines[0].endsWith('\n')).toBe(true)
    expect(last()).toEqual({ level: 'info', time: expect.any(String), rows: 5, file: 'a.csv', msg: 'read' })
    expect(new Date(last().time).toISOString()).toBe(last().time)
  })

  it('writes a line for people by default, from warnings on', () => {
    const log = createLogger({}, { stderr })
    log.info('not shown')
    log.warn({ rows: 5, file: 'a b.csv', empty: '', list: [1, 2] }, 'read')
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d WARN {2}read rows=5 file="a b.csv" empty="" list=\[1,2\]\n$/),
    ])
  })

  it('logs nothing when silent', () => {
    createLogger({ level: 'silent' }, { stderr }).fatal('x')
    expect(lines).toEqual([])
  })

  it('masks secrets in messages, arguments, fields, child fields and errors', () => {
    const log = json()
    log.warn('password=hunter2')
    log.warn('password=%s', 'hunter2')
    log.warn('got %s and %d of %j', 'token=hunter2', 3, { apiKey: 'hunter2' })
    log.warn('trailing %o', { password: 'hunter2' })
    log.warn({ deep: { password: 'hunter2', note: 'secret: hunter2' } })
    log.child({ token: 'hunter2', url: 'http://a:hunter2@h' }).warn('child')
    const bound = log.child({})
    bound.setBindings({ secret: 'hunter2' })
    bound.warn('grandchild')
    log.warn(new Error('password=hunter2', { cause: new Error('token=hunter2') }))
    log.warn({ err: new Error('password=hunter2') }, 'failed: password=hunter2')
    expect(lines).toHaveLength(9)
    for (const line of lines) {
      expect(line).toContain('***')
      expect(line).not.toContain('hunter2')
    }
    expect(JSON.parse(lines[2]).msg).toBe('got token=*** and 3 of {"apiKey":"***"}')
  })

  it('masks secrets in the lines for people and in the file as well', () => {
    const file = join(folder, 'a.log')
    const log = createLogger({ file }, { stderr })
    log.error(new Error('password=hunter2', { cause: new Error('/home/jane/x') }), 'api_key: hunter2')
    log.close()
    const text = lines.join('') + readFileSync(file, 'utf8')
    expect(text).toContain('api_key: ***')
    expect(text).toContain('  Error: password=***\n')
    expect(text).toContain('  caused by:\n  Error: ~/x\n')
    expect(text).not.toMatch(/hunter2|jane/)
  })

  it('does not change what it is given', () => {
    const fields = { password: 'x', nested: { token: 'y' } }
    json().info(fields, 'hello')
    expect(fields).toEqual({ password: 'x', nested: { token: 'y' } })
  })

  it('lets no message forge a second line or steer the terminal', () => {
    createLogger({}, { stderr }).warn({ note: 'a\nb' }, 'one\n12:00:00 ERROR forged \u001b[31m')
    expect(lines).toEqual([
      expect.stringMatching(/WARN {2}one\\n12:00:00 ERROR forged \\u001b\[31m note="a\\nb"\n$/),
    ])
  })

  it('logs each line once, however many loggers there are', () => {
    json()
    json().info('once')
    expect(lines).toHaveLength(1)
  })

  it('refuses a level that it does not know', () => {
    expect(() => createLogger({ level: 'loud' as 'info' })).toThrow()
  })
})

describe('the log file', () => {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')

  it('gets the same lines as stderr, in a folder that is made', () => {
    const file = join(folder, 'deep', 'er', 'a.log')
    const log = json({ file })
    log.info('one')
    log.info('two')
    expect(readFileSync(file, 'utf8')).toBe(lines.join(''))
    log.close()
  })

  it('is continued by the next logger', () => {
    const file = join(folder, 'a.log')
    for (const text of ['one', 'two']) {
      const log = json({ file })
      log.info(text)
      log.close()
    }
    expect(read('a.log')).toBe(lines.join(''))
  })

  it('is put aside when the next line would pass the size, keeping the newest backups and whole lines', () => {
    const file = join(folder, 'a.log')
    const log = json({ file, maxSizeBytes: 300, backups: 2 })
    for (let i = 0; i < 30; i++) log.info({ i }, 'a line of some length')
    log.close()
    const parts = ['a.log.2', 'a.log.1', 'a.log'].map(read)
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(300)
    expect(existsSync(`${file}.3`)).toBe(false)
    const numbers = parts
      .join('')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).i)
    expect(numbers.at(-1)).toBe(29)
    expect(numbers).toEqual(numbers.map((_, k) => 30 - numbers.length + k))
    expect(numbers.length).toBeGreaterThanOrEqual(7)
  })

  it('keeps only itself with no backups, and a line that is larger than the size', () => {
    const file = join(folder, 'a.log')
    const log = json({ file, maxSizeBytes: 100, backups: 0 })
    log.info('x'.repeat(500))
    log.info('short')
    expect(read('a.log')).toBe(lines[1])
    expect(existsSync(`${file}.1`)).toBe(false)
    log.info('y'.repeat(500))
    expect(read('a.log')).toBe(lines[2])
    log.close()
  })

  it('counts bytes, not characters', () => {
    const file = join(folder, 'a.log')
    const log = json({ file, maxSizeBytes: 250, backups: 1 })
    log.info('ä'.repeat(70))
    log.info('ä'.repeat(70))
    log.close()
    expect(read('a.log.1')).toBe(lines[0])
  })

  it('can be closed twice, and by a child; later lines go to stderr only', () => {
    const log = json({ file: join(folder, 'a.log') })
    log.info('one')
    log.close()
    log.close()
    log.info('two')
    expect(read('a.log')).toBe(lines[0])
    expect(lines).toHaveLength(2)
  })

  it('is refused when it cannot be opened', () => {
    writeFileSync(join(folder, 'plain'), '')
    expect(() => json({ file: join(folder, 'plain', 'a.log') })).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    )
    expect(() => json({ file: folder })).toThrow(expect.objectContaining({ code: 'file-unwritable' }))
  })

  it('is given up with one word on stderr when it fails later, and the program goes on', () => {
    const file = join(folder, 'sub', 'a.log')
    const log = json({ file, maxSizeBytes: 100, backups: 1 })
    log.info('x'.repeat(100))
    rmSync(join(folder, 'sub'), { recursive: true })
    log.info('two')
    log.info('three')
    expect(lines.map(line => JSON.parse(line).msg)).toEqual([
      'x'.repeat(100),
      'two',
      'logging to the file has stopped',
      'three',
    ])
    expect(() => log.close()).not.toThrow()
  })
})
