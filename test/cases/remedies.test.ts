import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ERROR_CATALOGUE } from '../../src/core/errors/catalogue.js'
import { caseFolder, changed, csv, healthy, MINUTE, stamp } from './world.js'

// Every remedy of the catalogue that names an option or a change of the input, applied literally to what caused the error.
const { cwd, file, tt, done } = caseFolder()
const START = Date.UTC(2024, 0, 1)
const minute = (i: number) => stamp(START + i * MINUTE)
const lines = (rows: number, row: (i: number) => string) =>
  Array.from({ length: rows }, (_, i) => `${row(i)}\n`).join('')
const wave = (i: number) => (20 + 3 * Math.sin(i / 9) + (((i * 7919) % 97) - 48) / 400).toFixed(3)
const table = (rows: number, cell = wave) => `time,a\n${lines(rows, i => `${minute(i)},${cell(i)}`)}`
/** Hours of a room that is warm in the afternoon. */
const daily = (days: number, start = 0) =>
  `time,a\n${lines(24 * days, i => {
    const warm = 3 * Math.sin((2 * Math.PI * (i - 9)) / 24)
    return `${stamp(START + (24 * start + i) * 60 * MINUTE)},${(20 + warm + (((i * 7919) % 97) - 48) / 400).toFixed(3)}`
  })}`
const TRAIN = ['--detector', 'z-score', '--window', '10']
const train = (data: string, ...more: string[]) => ['train', data, ...TRAIN, '--out', 'out', ...more]

interface Remedy {
  /** Files that the case needs. */
  readonly files?: Readonly<Record<string, string>>
  readonly cause: readonly string[]
  /** What the remedy must name. */
  readonly names: RegExp
  /** The same with the remedy; several commands in turn. */
  readonly works: readonly (readonly string[])[]
  /** Files changed as the remedy says. */
  readonly change?: Readonly<Record<string, string>>
}

const REMEDIES: Record<string, Remedy> = {
  'data-empty': {
    files: { 'e.csv': '' },
    cause: train('e.csv'),
    names: /a header line and one line per sample/,
    change: { 'e.csv': table(200) },
    works: [train('e.csv')],
  },
  'data-not-a-table': {
    files: { 'n.csv': lines(100, wave) },
    cause: train('n.csv'),
    names: /with a header line/,
    change: { 'n.csv': `a\n${lines(200, wave)}` },
    works: [train('n.csv')],
  },
  'data-server-error': {
    files: { 's.json': '{"error":"database not found: plant"}' },
    cause: train('s.json'),
    names: /save the answer again/,
    change: { 's.json': JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ a: wave(i) }))) },
    works: [train('s.json')],
  },
  'data-bad-line': {
    files: {
      'p.lp': `${lines(100, i => `m a=${wave(i)} ${START + i * MINUTE}000000`)}oops\nm a=1 1704100000000000000\n`,
    },
    cause: train('p.lp'),
    names: /Correct the line, or remove it/,
    change: { 'p.lp': lines(200, i => `m a=${wave(i)} ${START + i * MINUTE}000000`) },
    works: [train('p.lp')],
  },
  'data-log-lines': {
    files: {
      'lines.json': `{"data":{"resultType":"streams","result":[{"stream":{"app":"x"},"values":[["${START}000000","a=1"]]}]}}`,
    },
    cause: train('lines.json'),
    names: /avg_over_time\(\{app="x"\} \| logfmt \| unwrap FIELD \[1m\]\)/,
    change: {
      'numbers.json': JSON.stringify({
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { app: 'x' },
              values: Array.from({ length: 200 }, (_, i) => [START / 1000 + i * 60, wave(i)]),
            },
          ],
        },
      }),
    },
    works: [train('numbers.json')],
  },
  'data-one-scrape': {
    files: { 'p.txt': '# TYPE a gauge\na{site="x"} 21.5\n' },
    cause: train('p.txt'),
    names: /query_range .* > range\.json/,
    change: {
      'range.json': JSON.stringify({
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { __name__: 'a', site: 'x' },
              values: Array.from({ length: 200 }, (_, i) => [START / 1000 + i * 60, wave(i)]),
            },
          ],
        },
      }),
    },
    works: [train('range.json')],
  },
  'data-mixed-readings': {
    files: {
      'x.csv': `time,hall,tag,value\n${lines(200, i => ['n', 's'].flatMap(hall => ['a', 'b'].map(tag => `${minute(i)},${hall},${tag},${wave(i)}`)).join('\n'))}`,
    },
    cause: train('x.csv'),
    names: /--group-by 'hall'.*--duplicate-times last/,
    works: [
      ['train', 'x.csv', ...TRAIN, '--group-by', 'hall', '--out', 'halls'],
      train('x.csv', '--duplicate-times', 'last'),
    ],
  },
  'data-mixed-units': {
    files: {
      'u.csv': `time,tag,value\n${lines(200, i => `${minute(i)},a,${wave(i)} ${i % 9 ? '°C' : 'K'}\n${minute(i)},b,${wave(i)} bar`)}`,
    },
    cause: train('u.csv'),
    names: /--where "tag <> 'a'"/,
    works: [train('u.csv', '--where', "tag <> 'a'")],
  },
  'data-marked-number': {
    files: { 'marked.csv': table(200, i => (i % 20 === 7 ? `<${wave(i)}` : wave(i))) },
    cause: train('marked.csv'),
    names: /--bad-cells missing .*, or --sql ".*" .*in place of the file/,
    works: [
      train('marked.csv', '--bad-cells', 'missing', '--missing', 'hold'),
      [
        'train',
        '--sql',
        `select * replace (try_cast(regexp_extract("a"::varchar, '[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?') as double) as "a") from read_csv('${cwd}/marked.csv', sample_size = -1)`,
        ...TRAIN,
        '--out',
        'out',
      ],
    ],
  },
  'data-no-tables': {
    files: { 'logs/a.log': table(200) },
    cause: train('logs'),
    names: /"DATA\/\*\.log"/,
    works: [train('logs/*.log')],
  },
  'data-bad-cell': {
    files: { 'c.csv': table(200, i => (i === 50 ? 'oops' : wave(i))) },
    cause: train('c.csv'),
    names: /--bad-cells missing .*--missing \(hold, linear, mask or drop\)/,
    works: [train('c.csv', '--bad-cells', 'missing', '--missing', 'hold')],
  },
  'data-no-reading': {
    files: {
      'silent.csv': `time,tag,value\n${lines(300, i => `${minute(i)},a,${wave(i)}${i === 150 ? '' : `\n${minute(i)},b,${wave(i + 5)}`}`)}`,
    },
    cause: train('silent.csv'),
    names: /--missing \(hold, linear, mask or drop\)/,
    works: ['hold', 'linear', 'mask', 'drop'].map(how => train('silent.csv', '--missing', how)),
  },
  'data-missing-value': {
    files: { 'm.csv': table(200, i => (i === 50 ? '' : wave(i))) },
    cause: train('m.csv'),
    names: /--missing \(hold, linear, mask or drop\)/,
    works: ['hold', 'linear', 'mask', 'drop'].map(policy => train('m.csv', '--missing', policy)),
  },
  'data-ragged-row': {
    files: { 'r.csv': `${table(200)}2024-01-02T00:00:00Z,1,2,3\n` },
    cause: train('r.csv'),
    names: /--bad-rows skip/,
    works: [train('r.csv', '--bad-rows', 'skip')],
  },
  'data-duplicate-column': {
    files: { 'd.csv': `time,a,a\n${lines(200, i => `${minute(i)},${wave(i)},${wave(i + 5)}`)}` },
    cause: train('d.csv'),
    names: /--sql/,
    works: [['train', ...TRAIN, '--out', 'out', '--sql', `select * from '${cwd}/d.csv'`]],
  },
  'data-no-channels': {
    files: { 'nc.csv': `time,attack\n${lines(200, i => `${minute(i)},${i % 2}`)}` },
    cause: train('nc.csv'),
    names: /--role NAME=channel/,
    works: [train('nc.csv', '--role', 'attack=channel')],
  },
  'data-column-missing': {
    files: { 'f.csv': table(200) },
    cause: train('f.csv', '--channels', 'aa'),
    names: /Did you mean a\?/,
    works: [train('f.csv', '--channels', 'a')],
  },
  'data-bad-time': {
    files: {
      't.csv': csv([...healthy(0, 150), ...healthy(200, 250).slice(1), ...healthy(150, 200).slice(1)]),
    },
    cause: train('t.csv'),
    names: /--late-rows sort/,
    works: [train('t.csv', '--late-rows', 'sort')],
  },
  'data-ambiguous-date': {
    files: {
      'ad.csv': `time,a\n${lines(12, i => `0${1 + (i % 9)}.05.2024 10:00,${wave(i)}`)
        .split('\n')
        .slice(0, 9)
        .join('\n')}\n`,
    },
    cause: ['validate', 'ad.csv', '--output', 'o.csv'],
    names: /--time-format '%d\.%m\.%Y %H:%M'/,
    works: [['validate', 'ad.csv', '--time-format', '%d.%m.%Y %H:%M', '--output', 'o.csv']],
  },
  'data-ambiguous-number': {
    files: { 'an.csv': `time;a\n${lines(200, i => `${minute(i)};${20 + (i % 7)},${100 + (i % 800)}`)}` },
    cause: train('an.csv'),
    names: /--decimal ,/,
    works: [train('an.csv', '--decimal', ',')],
  },
  'data-bad-label': {
    files: { 'bl.csv': `time,a,label\n${lines(200, i => `${minute(i)},${wave(i)},${i > 150 ? 7 : 0}`)}` },
    cause: train('bl.csv', '--label-column', 'label'),
    names: /0 \(normal\) or 1 \(anomalous\)/,
    change: { 'bl.csv': `time,a,label\n${lines(200, i => `${minute(i)},${wave(i)},${i > 150 ? 1 : 0}`)}` },
    works: [train('bl.csv', '--label-column', 'label')],
  },
  'labels-length': {
    files: { 'two.txt': '0\n1\n' },
    cause: ['evaluate', 'h.csv', '--model', 'm', '--labels', 'two.txt'],
    names: /one label per sample/,
    change: { 'two.txt': lines(300, i => String(Number(i >= 250))) },
    works: [['evaluate', 'h.csv', '--model', 'm', '--labels', 'two.txt']],
  },
  'labels-value': {
    files: { 'v.txt': lines(300, i => String(i === 5 ? 3 : 0)) },
    cause: ['evaluate', 'h.csv', '--model', 'm', '--labels', 'v.txt'],
    names: /0 \(normal\) or 1 \(anomalous\)/,
    change: { 'v.txt': lines(300, i => String(Number(i === 5))) },
    works: [['evaluate', 'h.csv', '--model', 'm', '--labels', 'v.txt']],
  },
  'labels-interval': {
    files: { 'i.csv': 'start,end\n290,400\n' },
    cause: ['evaluate', 'h.csv', '--model', 'm', '--labels', 'i.csv'],
    names: /0 <= start < end <= 300/,
    change: { 'i.csv': 'start,end\n290,300\n' },
    works: [['evaluate', 'h.csv', '--model', 'm', '--labels', 'i.csv']],
  },
  'data-too-short': {
    files: { 's.csv': table(60) },
    cause: ['train', 's.csv', '--detector', 'z-score', '--window', '30', '--out', 'out'],
    names: /smaller --window/,
    works: [['train', 's.csv', '--detector', 'z-score', '--window', '4', '--out', 'out']],
  },
  'data-gaps': {
    files: {
      'g.csv': csv(healthy(0, 2500).filter(([time], i) => i === 0 || Number(time!.slice(14, 16)) < 8)),
    },
    cause: ['train', 'g.csv', '--detector', 'z-score', '--out', 'out'],
    names: /--max-gap 52/,
    works: [['train', 'g.csv', '--detector', 'z-score', '--max-gap', '52', '--out', 'out']],
  },
  'times-needed': {
    files: {
      'later.csv': daily(2, 10).replaceAll(/^[^,]*,/gm, ''),
    },
    cause: ['detect', 'later.csv', '--model', 'daily'],
    names: /--time-column/,
    change: { 'later.csv': daily(2, 10).replace('time,', 'x,') },
    works: [['detect', 'later.csv', '--model', 'daily', '--time-column', 'x']],
  },
  'calibration-timeless': {
    files: { 'ct.csv': `a\n${lines(300, wave)}` },
    cause: train('ct.csv', '--false-alarms', '1/day'),
    names: /--quantile/,
    works: [train('ct.csv', '--quantile', '0.99')],
  },
  'data-constant': {
    files: { 'k.csv': table(200, () => '5') },
    cause: train('k.csv'),
    names: /at least one channel changes/,
    change: { 'k.csv': table(200) },
    works: [train('k.csv')],
  },
  'data-channels-differ': {
    files: { 'other.csv': table(100).replace('time,a', 'time,b') },
    cause: ['detect', 'other.csv', '--model', 'm'],
    names: /--rename/,
    works: [['detect', 'other.csv', '--model', 'm', '--rename', 'b=a']],
  },
  'data-invalid': {
    files: {
      'iv.csv': `time,a\n${lines(300, i => (i % 4 ? `${minute(i)},${wave(i)}` : `${minute(i)},${wave(i)}\n${minute(i)},${wave(i)}`))}`,
    },
    cause: train('iv.csv'),
    names: /telltale validate DATA/,
    works: [['validate', 'iv.csv'], train('iv.csv', '--duplicate-times', 'first')],
  },
  'data-files-differ': {
    files: {
      'logs/1.csv': table(100),
      'logs/2.csv': `time,a,b\n${lines(100, i => `${minute(i + 100)},${wave(i)},1`)}`,
    },
    cause: train('logs'),
    names: /--channels/,
    works: [train('logs', '--channels', 'a')],
  },
  'data-many-devices': {
    files: {
      'md.csv': `machineID,time,a\n${lines(400, i => `${1 + Math.floor(i / 200)},${minute(i % 200)},${wave(i)}`)}`,
    },
    cause: train('md.csv'),
    names: /--group-by machineID/,
    works: [
      train('md.csv', '--group-by', 'machineID', '--device', '1'),
      ['train', 'md.csv', ...TRAIN, '--group-by', 'machineID', '--out', 'fleet'],
    ],
  },
  'data-duplicate-reading': {
    files: { 'dr.csv': `time,tag,value\n${lines(200, i => `${minute(i)},a,${wave(i)}`)}${minute(5)},a,1\n` },
    cause: train('dr.csv', '--duplicate-times', 'error'),
    names: /--duplicate-times first, last or mean/,
    works: ['first', 'last', 'mean'].map(policy => train('dr.csv', '--duplicate-times', policy)),
  },
  'option-unknown': {
    cause: train('h.csv', '--windw', '10'),
    names: /Did you mean --window\?/,
    works: [train('h.csv', '--window', '10')],
  },
  'command-unknown': { cause: ['trian', 'h.csv'], names: /Did you mean train\?/, works: [train('h.csv')] },
  'argument-unexpected': {
    files: { 'a b.csv': table(200) },
    cause: ['train', 'a', 'b.csv', ...TRAIN, '--out', 'out'],
    names: /in quotes/,
    works: [train('a b.csv')],
  },
  'option-invalid': {
    cause: train('h.csv', '--missing', 'forget'),
    names: /Change --missing to an allowed value/,
    works: [train('h.csv', '--missing', 'hold')],
  },
  'option-missing': { cause: ['train', 'h.csv', ...TRAIN], names: /Add --out/, works: [train('h.csv')] },
  'option-conflict': {
    cause: train('h.csv', '--quantile', '0.9', '--threshold-factor', '3'),
    names: /Remove one of them/,
    works: [train('h.csv', '--quantile', '0.9')],
  },
  'option-one-device': {
    cause: ['detect', 'two.csv', '--model', 'fleet2', '--group-by', 'machineID', '--report', 'r.html'],
    names: /Give --device NAME/,
    works: [
      [
        'detect',
        'two.csv',
        '--model',
        'fleet2',
        '--group-by',
        'machineID',
        '--report',
        'r.html',
        '--device',
        '1',
      ],
    ],
  },
  'output-is-input': {
    cause: ['detect', 'h.csv', '--model', 'm', '--scores', 'h.csv'],
    names: /Choose another file for --scores/,
    works: [['detect', 'h.csv', '--model', 'm', '--scores', 's.csv']],
  },
  'output-twice': {
    cause: ['detect', 'h.csv', '--model', 'm', '--scores', 's.csv', '--events', 's.csv'],
    names: /another file/,
    works: [['detect', 'h.csv', '--model', 'm', '--scores', 's.csv', '--events', 'e.csv']],
  },
  'output-in-model': {
    cause: ['detect', 'h.csv', '--model', 'm', '--scores', 'm/s.csv'],
    names: /outside of the folder/,
    works: [['detect', 'h.csv', '--model', 'm', '--scores', 's.csv']],
  },
  'option-without-effect': {
    cause: ['train', 'h.csv', ...TRAIN, '--epochs', '2', '--out', 'out'],
    names: /Use --detector autoencoder, or leave --epochs out/,
    works: [
      train('h.csv'),
      ['train', 'h.csv', '--detector', 'autoencoder', '--window', '10', '--epochs', '2', '--out', 'out2'],
    ],
  },
  'stream-filtered': {
    cause: ['stream', '--model', 'filtered', '--source', 'h.csv', '--no-follow'],
    names: /--ignore-where/,
    works: [['stream', '--model', 'filtered', '--source', 'h.csv', '--no-follow', '--ignore-where']],
  },
  'data-none-left': {
    cause: train('h.csv', '--rows', '9000:'),
    names: /Change --rows, or leave it out/,
    works: [train('h.csv', '--rows', '90:'), train('h.csv')],
  },
  'reference-unknown': {
    cause: ['drift', 'import', 'h.csv', '--model', 'm', '--out', 'referred'],
    names: /telltale drift export --model MODEL --out FILE/,
    works: [
      ['drift', 'export', '--model', 'm', '--out', 'reference.json'],
      ['drift', 'import', 'reference.json', '--model', 'm', '--out', 'referred'],
    ],
  },
  'data-no-calm': {
    files: {
      'holes.csv': `time,a\n${lines(300, i => (i % 9 === 8 ? '' : `${minute(i)},${wave(i)}`)).replace(/\n+/g, '\n')}`,
    },
    cause: ['evaluate', 'holes.csv', '--model', 'lagged', '--no-labels', '--max-gap', '0'],
    names: /--max-gap/,
    works: [['evaluate', 'holes.csv', '--model', 'lagged', '--no-labels', '--max-gap', '5']],
  },
  'registry-needed': {
    cause: ['show', 'pump@1'],
    names: /--registry/,
    works: [
      ['train', 'h.csv', ...TRAIN, '--registry', 'reg', '--out', 'pump'],
      ['show', 'pump@1', '--registry', 'reg'],
    ],
  },
  'config-unreadable': {
    files: { 'bad.yaml': 'train:\n  window: [1\n' },
    cause: [...train('h.csv'), '--config', 'bad.yaml'],
    names: /--no-config/,
    works: [[...train('h.csv'), '--no-config']],
  },
  'config-missing': {
    cause: [...train('h.csv'), '--config', 'nowhere.yaml'],
    names: /--config/,
    works: [[...train('h.csv'), '--no-config']],
  },
  'architecture-unknown': {
    cause: ['train', 'h.csv', '--architecture', 'dense', '--out', 'out'],
    names: /dense-ae/,
    works: [
      ['train', 'h.csv', '--architecture', 'dense-ae', '--epochs', '1', '--window', '10', '--out', 'out'],
    ],
  },
  'onnx-unsupported': {
    cause: ['export', 'endless', '--out', 'm.onnx'],
    names: /default detector.*--architecture dense-ae/,
    works: [
      ['train', 'h.csv', '--out', 'default'],
      ['export', 'default', '--out', 'm.onnx'],
      ['train', 'h.csv', '--architecture', 'dense-ae', '--epochs', '1', '--window', '10', '--out', 'network'],
      ['export', 'network', '--out', 'm.onnx'],
    ],
  },
  'labels-unknown': {
    cause: ['evaluate', 'h.csv', '--model', 'm', '--labels', 'k.csvv'],
    names: /a file of intervals START,END/,
    works: [['evaluate', 'h.csv', '--model', 'm', '--labels', 'l.csv']],
  },
  'device-needed': {
    files: {
      'md.csv': `machineID,time,a\n${lines(400, i => `${1 + Math.floor(i / 200)},${minute(i % 200)},${wave(i)}`)}`,
    },
    cause: ['explain', 'md.csv', '--model', 'fleet2'],
    names: /--device/,
    works: [['explain', 'md.csv', '--model', 'fleet2', '--device', '1']],
  },
  'query-refused': {
    cause: ['train', ...TRAIN, '--out', 'out', '--sql', "copy (select 1) to 'x.csv'"],
    names: /single SELECT/,
    works: [['train', ...TRAIN, '--out', 'out', '--sql', `select * from '${cwd}/h.csv'`]],
  },
  'event-unknown': {
    cause: ['explain', 'fault.csv', '--model', 'm', '--event', 'e1'],
    names: /telltale detect DATA --model MODEL/,
    works: [['detect', 'fault.csv', '--model', 'm']],
  },
  'figure-unknown': {
    cause: ['plot', 'scor', 'h.csv', '--model', 'm', '--out', 'f.svg'],
    names: /Did you mean score\?/,
    works: [['plot', 'score', 'h.csv', '--model', 'm', '--out', 'f.svg']],
  },
  'format-unknown': {
    cause: ['detect', 'h.csv', '--model', 'm', '--scores', 's.xyz'],
    names: /Name it s\.csv/,
    works: [['detect', 'h.csv', '--model', 'm', '--scores', 's.csv']],
  },
  'file-not-found': { cause: train('gone.csv'), names: /Check the path/, works: [train('h.csv')] },
  'file-unwritable': {
    files: { blocked: '' },
    cause: ['detect', 'h.csv', '--model', 'm', '--scores', 'blocked/s.csv'],
    names: /Choose another path/,
    works: [['detect', 'h.csv', '--model', 'm', '--scores', 'free/s.csv']],
  },
  'artefact-missing': {
    cause: ['detect', 'h.csv', '--model', 'gone'],
    names: /telltale train --out/,
    works: [['detect', 'h.csv', '--model', 'm']],
  },
  'artefact-exists': {
    files: { 'full/note.txt': 'x' },
    cause: ['train', 'h.csv', ...TRAIN, '--out', 'full'],
    names: /another --out/,
    works: [['train', 'h.csv', ...TRAIN, '--out', 'empty']],
  },
  'device-unknown': {
    cause: ['detect', 'two.csv', '--model', 'fleet2', '--device', '3'],
    names: /has no model of the device 3, but of 1, 2\nGive one of these with --device/,
    works: [['detect', 'two.csv', '--model', 'fleet2', '--device', '1']],
  },
  'registry-missing': {
    cause: ['models', 'list', '--registry', 'noreg'],
    names: /--registry and --out NAME/,
    works: [
      ['train', 'h.csv', ...TRAIN, '--registry', 'noreg', '--out', 'pump'],
      ['models', 'list', '--registry', 'noreg'],
    ],
  },
}

/** Why a remedy is no change of a command or of a table, or what needs a world that these tests do not have. */
const STATED: Record<string, string> = {
  ...listed(
    'an argument of the library, refused before any command',
    'frame-invalid frame-no-channels frame-lengths frame-time frame-value monitor-closed session-ended metric-unknown',
  ),
  ...listed(
    'more or other data: nothing in the input at hand can be changed',
    'data-calibration-short data-seen data-training-diverged sensitivity-too-high search-empty figure-empty',
  ),
  ...listed(
    'an answer of the server, which test/serve provokes and resolves',
    'request-invalid route-unknown method-refused media-type host-refused key-needed key-refused role-needed name-unknown origin-refused upgrade-needed answer-type request-unreadable name-taken state-conflict change-overtaken key-reused request-too-large request-timeout rate-exceeded server-busy server-answered port-taken server-unreachable',
  ),
  ...listed(
    'a package or the machine: nothing that a test may install, break or exhaust',
    'reader-missing rasteriser-missing engine-missing package-missing temporary-folder limit-memory limit-time limit-queue worker-lost file-unreadable',
  ),
  ...listed(
    'a file that is too large or too wide for what it is',
    'file-too-large limit-columns limit-blocks',
  ),
  ...listed(
    'a broker, a child process or a snapshot of another process, tested where they are used',
    'broker-unreachable message-unusable command-failed snapshot-unreadable state-in-use status-missing probe-failed reload-refused',
  ),
  ...listed(
    'a damaged or foreign file: it comes back from a backup, or from another training',
    'artefact-damaged artefact-version checkpoint-differs state-unfit alignment-missing reference-missing reference-differs paths-differ paths-failed',
  ),
  ...listed(
    'a name of the registry, which test/cli/commands/models.test.ts gives and takes',
    'model-unknown model-name-invalid version-needed version-unnamed rollback-impossible',
  ),
  ...listed('a stream without a score, which test/cli/check-scored.test.ts maps', 'stream-unscored'),
  ...listed('a history of drift, which test/cli/commands/drift.test.ts writes', 'history-unknown'),
  ...listed(
    'a key or a signature, which test/cli/commands/keys.test.ts and test/store/signature.test.ts make and break',
    'model-unsigned signature-untrusted signature-invalid key-invalid',
  ),
  ...listed(
    'one of the choices that the error lists, which test/cli/commands/explain.test.ts takes',
    'method-unfit sample-unknown',
  ),
  ...listed('a file outside of what may be read: the user moves it or names its folder', 'path-outside'),
  ...listed(
    'a combination that names its own members',
    'option-combination stream-unsupported architecture-invalid',
  ),
  interrupted: 'the user stopped the command',
  bug: 'a mistake in telltale',
}

function listed(reason: string, codes: string): Record<string, string> {
  return Object.fromEntries(codes.split(' ').map(code => [code, reason]))
}

beforeAll(async () => {
  file('h.csv', table(300))
  file('l.csv', 'start,end\n250,260\n')
  file('days.csv', daily(10))
  file(
    'fault.csv',
    csv(
      changed(
        table(300)
          .trim()
          .split('\n')
          .map(line => line.split(',')),
        (row, i) => (i > 200 && i < 220 ? [row[0]!, '60'] : row),
      ),
    ),
  )
  file(
    'two.csv',
    `machineID,time,a\n${lines(400, i => `${1 + Math.floor(i / 200)},${minute(i % 200)},${wave(i)}`)}`,
  )
  await done(['train', 'h.csv', ...TRAIN, '--out', 'm'])
  file('on.csv', `time,a,mode\n${lines(300, i => `${minute(i)},${wave(i)},${i % 5 ? 'run' : 'stop'}`)}`)
  const where = ['--where', "mode = 'run'", '--exclude-channels', 'mode']
  await done(['train', 'on.csv', ...TRAIN, ...where, '--out', 'filtered'])
  const lagged = ['--rows', ':200', '--detector', 'linear-var', '--window', '10']
  await done(['train', 'h.csv', ...lagged, '--out', 'lagged'])
  await done(['train', 'h.csv', '--detector', 'ewma', '--out', 'endless'])
  await done(['train', 'days.csv', '--out', 'daily'])
  await done(['train', 'two.csv', ...TRAIN, '--group-by', 'machineID', '--out', 'fleet2'])
})

function write(files: Readonly<Record<string, string>> = {}): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
}

describe('a remedy of the catalogue', () => {
  it('is applied here, or there is a reason why it cannot be', () => {
    const known = [...Object.keys(REMEDIES), ...Object.keys(STATED)]
    expect(known.sort()).toEqual(Object.keys(ERROR_CATALOGUE).sort())
  })

  it.each(Object.entries(REMEDIES))(
    'works as it is printed: %s',
    async (code, { files, cause, names, change, works }) => {
      write(files)
      for (const name of readdirSync(cwd)) if (name === 'out') rmSync(join(cwd, name), { recursive: true })
      const { stderr, stdout, code: exit } = await tt(cause)
      const text = `${stderr}${stdout}`
      expect([exit === 0, text.includes(code) || text.includes('table-unreadable')]).toEqual([false, true])
      expect(text).toMatch(names)
      write(change)
      for (const line of works) await done(line, line[0] === 'validate' ? [0, 3] : [0])
    },
  )
})
