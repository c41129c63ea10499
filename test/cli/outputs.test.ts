import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SMALL, telltale, workshop } from './world.js'

const SCORE = ['--model', 'model', '--workers', '1']

describe('the folder of an output', () => {
  it('is made, whatever the command', { timeout: 120_000 }, async () => {
    const cwd = await workshop({ trained: true })
    writeFileSync(join(cwd, 'bad.ndjson'), '{"time":"2024-01-02T00:00:00Z","flow":1,"pressure":2}\nnone\n')
    const cases: [file: string, args: string[]][] = [
      ['r.html', ['detect', 'data.csv', ...SCORE, '--report']],
      ['s.csv', ['detect', 'data.csv', ...SCORE, '--scores']],
      ['e.jsonl', ['detect', 'data.csv', ...SCORE, '--events']],
      ['m.json', ['detect', 'data.csv', ...SCORE, '--metrics-file']],
      ['l.jsonl', ['detect', 'data.csv', ...SCORE, '--log-file']],
      ['v.html', ['validate', 'data.csv', '--report']],
      ['c.yaml', ['validate', 'data.csv', '--suggest']],
      ['t.telltale', ['threshold', 'model', '--quantile', '0.9', '--workers', '1', '--out']],
      ['f', ['threshold', 'model', '--quantile', '0.9', '--workers', '1', '--out']],
      ['o.onnx', ['export', 'model', '--out']],
      ['p.svg', ['plot', 'training', ...SCORE, '--out']],
      ['a.json', ['architectures', 'template', '--out']],
      ['ref.json', ['drift', 'export', '--model', 'model', '--out']],
      ['h.jsonl', ['drift', 'check', 'data.csv', '--model', 'model', '--history']],
      ['g.csv', ['generate', '--rows', '5000', '--out']],
      ['keys', ['keys', 'create', 'ana', '--folder']],
      ['j.jsonl', ['tune', 'data.csv', '--rows', ':480', '--trials', '1', ...SMALL, '--out']],
      ['d.jsonl', ['stream', '--model', 'model', '--source', 'bad.ndjson', '--no-follow', '--dead-letters']],
    ]
    for (const [k, [file, args]] of cases.entries()) {
      const path = join(`new${k}`, 'folder', file)
      const { stderr } = await telltale([...args, path], { cwd })
      expect([args, existsSync(join(cwd, path)), stderr]).toEqual([args, true, expect.anything()])
    }
  })

  it('cannot be made below a file, which is said before any work', { timeout: 60_000 }, async () => {
    const cwd = await workshop({ trained: true })
    for (const args of [
      ['detect', 'data.csv', ...SCORE, '--report', 'data.csv/r.html'],
      ['tune', 'data.csv', '--out', 'data.csv/j.jsonl'],
      ['export', 'model', '--out', 'data.csv/o.onnx'],
    ]) {
      const { code, stderr } = await telltale(args, { cwd })
      expect([code, stderr]).toEqual([1, expect.stringContaining('a part of its path is a file')])
    }
  })
})
