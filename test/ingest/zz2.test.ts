import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'vitest'
import { readTable } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'zz-'))
const cases: [string, string | Buffer, any?][] = [
  ['dd/mm/yy', 'time,temp\n01/03/24 23:50,20.1\n01/03/24 23:55,20.3\n02/03/24 00:00,20.2\n'],
  ['mm/dd/yy', 'time,temp\n03/01/24 23:50,20.1\n03/01/24 23:55,20.3\n03/02/24 00:00,20.2\n'],
  ['yy-mm-dd', 'time,temp\n24-03-01 23:50:00,20.1\n24-03-01 23:55:00,20.3\n24-03-02 00:00:00,20.2\n'],
  ['yy-mm-dd2', 'time,temp\n24-03-30 23:50:00,20.1\n24-03-30 23:55:00,20.3\n24-03-31 00:00:00,20.2\n'],
  ['ambig', 'time,temp\n03.05.2024 10:00,20.1\n03.05.2024 10:05,20.3\n'],
  ['CST', 'time,temp\n2024-03-01 00:00:00 CST,20.1\n2024-03-01 00:05:00 CST,20.3\n'],
  ['nosec', 'time,temp\n2024-03-01T00:00Z,20.1\n2024-03-01T00:05Z,20.3\n'],
  ['slash bad', 'time,temp\n2024/03/01 00:00:00,20.1\n2024/03/01 00:05:00,20.3\n2024/03/01 00:10:00,Bad\n'],
  [
    'slash bad m',
    'time,temp\n2024/03/01 00:00:00,20.1\n2024/03/01 00:05:00,20.3\n2024/03/01 00:10:00,Bad\n',
    { badCells: 'missing', timeZone: 'Europe/Berlin' },
  ],
  ['compact', 'time,temp\n20240301000000,20.1\n20240301000500,20.3\n'],
  ['compactday', 'time,temp\n20240301,20.1\n20240302,20.3\n'],
  ['serial', 'time,temp\n45352,20.1\n45352.0034722222,20.3\n45352.0069444444,20.3\n'],
  ['AM', 'time,temp\n03/25/2024 12:00:00 AM,20.1\n03/25/2024 12:05:00 AM,20.3\n'],
  ['Zeitstempel', 'Zeitstempel;temp\n21.03.2024 00:00:00;20,1\n21.03.2024 00:05:00;20,3\n'],
  [
    'unixtime',
    'unixtime,temp\n' +
      Array.from({ length: 60 }, (_, i) => `${1709251200 + i * 60},${20 + (i % 7) / 10}\n`).join(''),
  ],
  ['two cols', 'Date,Time,temp\n2024-03-01,00:00:00,20.1\n2024-03-01,00:05:00,20.3\n'],
  ['two cols2', 'Date,UTC Time,temp\n03/25/2024,11:55:00 PM,20.1\n03/26/2024,12:00:00 AM,20.3\n'],
  ['calendar', 'No,year,month,day,hour,temp\n1,2024,3,1,0,20.1\n2,2024,3,1,1,20.3\n'],
  [
    'rownum',
    'No,time,temp\n' +
      Array.from(
        { length: 60 },
        (_, i) => `${i},2024-01-01T00:${String(i).padStart(2, '0')}:00Z,${20 + (i % 7) / 10}\n`,
      ).join(''),
  ],
  ['index', ',timestamp,temp\n0,2024-03-01 00:00:00,20.1\n1,2024-03-01 00:05:00,20.3\n'],
  ['attack', 'time,temp,attack,attack_P1\n2024-03-01 00:00:00,20.1,0,0\n2024-03-01 00:05:00,20.3,1,1\n'],
  ['valve', 'time,temp,valve\n2024-03-01 00:00:00,20.1,true\n2024-03-01 00:05:00,20.3,false\n'],
  [
    'TOA5',
    '"TOA5","CR1000","CR1000","1234","CR1000.Std.22","CPU:prog.CR1","5678","Table1"\n"TIMESTAMP","RECORD","BattV","AirTC"\n"TS","RN","Volts","Deg C"\n"","","Min","Avg"\n"2024-03-01 00:00:00",0,12.9,4.1\n"2024-03-01 00:10:00",1,12.8,4.2\n',
  ],
  [
    'comments',
    '# Created by x\n# y\ntime\ta\n2024-03-01 00:00:00\t1\n2024-03-01 00:01:00\t#N/A\n2024-03-01 00:02:00\t2\n',
    { missing: 'keep' },
  ],
  [
    'influx',
    '#group,false,false,true,true,false,false,true,true\n#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string\n#default,_result,,,,,,,\n,result,table,_start,_stop,_time,_value,_field,_measurement\n,,0,2024-03-01T00:00:00Z,2024-03-02T00:00:00Z,2024-03-01T00:00:00Z,1.5,temp,m\n,,0,2024-03-01T00:00:00Z,2024-03-02T00:00:00Z,2024-03-01T00:01:00Z,1.6,temp,m\n,,1,2024-03-01T00:00:00Z,2024-03-02T00:00:00Z,2024-03-01T00:00:00Z,7,flow,m\n,,1,2024-03-01T00:00:00Z,2024-03-02T00:00:00Z,2024-03-01T00:01:00Z,8,flow,m\n',
  ],
  ['sep', 'sep=;\ntime;a\n2024-03-01 00:00:00;1,5\n2024-03-01 00:01:00;2,5\n'],
  ['excel trailing', 'time,a,,,\n2024-03-01 00:00:00,1,,,\n2024-03-01 00:01:00,2,,,\n,,,,\n'],
  ['nohead', '21.03.2024 00:00:00;20.1;30.2\n21.03.2024 00:05:00;20.3;30.1\n21.03.2024 00:10:00;20.2;30.4\n'],
  [
    'cmapss',
    '1 1 -0.0007 -0.0004 100.0 518.67  \n1 2 0.0019 -0.0003 100.0 518.67  \n1 3 -0.0043 0.0003 100.0 518.67  \n',
  ],
  [
    'ha',
    'entity_id,state,last_changed\nsensor.t,20.1,2024-03-01T00:00:00.000Z\nsensor.t,unavailable,2024-03-01T00:05:00.000Z\nsensor.t,20.3,2024-03-01T00:10:00.000Z\n',
    { missing: 'keep' },
  ],
  [
    'wincc',
    '"VarName";"TimeString";"VarValue";"Validity";"Time_ms"\n"p1";"01.03.2024 23:59:00";20,1;1;45352999305,55\n"p1";"02.03.2024 00:00:00";20,2;1;45353000000,00\n"p2";"01.03.2024 23:59:00";5,1;1;45352999305,55\n"p2";"02.03.2024 00:00:00";5,2;1;45353000000,00\n"$RT_COUNT$";4;\n',
  ],
  [
    'dst',
    'time,sensor,value\n2024-10-27 01:30:00,t,1\n2024-10-27 02:00:00,t,2\n2024-10-27 02:30:00,t,3\n2024-10-27 02:00:00,t,4\n2024-10-27 02:30:00,t,5\n2024-10-27 03:00:00,t,6\n',
    { timeZone: 'Europe/Berlin' },
  ],
  [
    'dst back wide',
    'time,a\n2024-10-27 03:00:00,6\n2024-10-27 02:30:00,5\n2024-10-27 02:00:00,4\n2024-10-27 02:30:00,3\n2024-10-27 02:00:00,2\n2024-10-27 01:30:00,1\n',
    { timeZone: 'Europe/Berlin', lateRows: 'sort' },
  ],
  [
    'dst back long',
    'time,sensor,value\n2024-10-27 03:00:00,t,6\n2024-10-27 02:30:00,t,5\n2024-10-27 02:00:00,t,4\n2024-10-27 02:30:00,t,3\n2024-10-27 02:00:00,t,2\n2024-10-27 01:30:00,t,1\n',
    { timeZone: 'Europe/Berlin' },
  ],
  ['fixed zone', 'time,a\n2024-10-27 03:00:00,6\n', { timeZone: '+01:00' }],
  [
    'long q',
    'timestamp,sensor_id,value,quality\n2024-01-01T00:00:00Z,1,10.01,192\n2024-01-01T00:00:00Z,2,19.22,192\n2024-01-01T00:05:00Z,1,10.03,192\n2024-01-01T00:05:00Z,2,19.3,192\n',
  ],
  [
    'tol',
    'time,tag,value\n2024-01-01T10:00:00Z,a,1\n2024-01-01T10:00:00Z,b,5\n2024-01-01T10:01:00Z,a,2\n2024-01-01T10:02:00Z,a,3\n2024-01-01T10:04:00Z,a,4\n',
    { resample: { cadenceMs: 60000, toleranceMs: 3600000 }, missing: 'keep' },
  ],
  [
    'nodata',
    'time,tag,value\n2024-01-01T00:00:00Z,a,1\n2024-01-01T00:01:00Z,a,No Data\n2024-01-01T00:01:00Z,b,2\n',
    { missing: 'keep' },
  ],
  [
    'weird text',
    'time,tag,value\n2024-01-01T00:00:00Z,a,1\n2024-01-01T00:01:00Z,a,Shutdwn\n2024-01-01T00:01:00Z,b,2\n',
    { missing: 'keep' },
  ],
  ['units', 'time,a,b\n,degC,bar\n2024-01-01,1,2\n2024-01-02,2,3\n'],
  ['total', 'time,a\n2024-01-01,1\n2024-01-02,2\nTotal,92.2\n'],
  ['latin', Buffer.from('time;Temp [°C];Störung\n2024-01-01;1,5;0\n2024-01-02;2,5;0\n', 'latin1')],
  ['utf16', Buffer.from('\ufefftime,a\n2024-01-01,1\n2024-01-02,2\n', 'utf16le')],
  ['thousands', 'time;a\n2024-01-01;1.450,3\n2024-01-02;450,3\n'],
  [
    'x.ndjson',
    '{"ts":1709251200000,"data":{"p":1,"on":true}}\n{"ts":1709251260000,"data":{"p":2,"on":false}}\n{"ts":17092513',
  ],
  [
    'machines',
    'datetime,machineID,volt\n' +
      [1, 2, 3]
        .flatMap(m =>
          Array.from(
            { length: 20 },
            (_, i) => `2024-01-01 ${String(i).padStart(2, '0')}:00:00,${m},${170 + (i % 5)}\n`,
          ),
        )
        .join(''),
  ],
  ['prune', 'time,v\n2024-01-01 00:00:00,1\nx y z,2\n', {}],
]
it('x', async () => {
  for (const [name, text, o] of cases) {
    const path = join(folder, name.includes('.') ? name : `${name.replaceAll('/', '')}.csv`)
    writeFileSync(path, text)
    const r = await readTable(path, o).then(
      t => ({
        t:
          t.frame.timeKind === 'utc'
            ? [...t.frame.timeMs].slice(0, 7).map(x => new Date(x).toISOString().slice(0, 19))
            : 'index',
        n: t.frame.timeMs.length,
        ch: t.frame.channels.join(),
        v: [...t.frame.values].slice(0, 8).join(),
        lab: t.labels && [...t.labels].join(),
        notes: t.notes.map(x => x.replace(folder, '')).join(' | '),
      }),
      e => ({
        code: e.code,
        m: e.message?.replace(folder, ''),
        st: e.code ? undefined : e.stack?.slice(0, 500),
      }),
    )
    console.log(name, '::', JSON.stringify(r))
  }
}, 60000)
