import { describe, expect, it } from 'vitest'
import { caseFolder } from '../../cases/world.js'

const { read, refusal } = caseFolder()

describe('the answer of a server that had no table to give', () => {
  const json = (value: unknown) => JSON.stringify(value)
  const answers: [string, string, string, string][] = [
    ['InfluxDB 1', 'x.json', json({ error: 'database not found: plant' }), 'database not found: plant'],
    [
      'one query of InfluxDB',
      'x.json',
      json({ results: [{ statement_id: 0, error: 'no policy' }] }),
      'no policy',
    ],
    [
      'InfluxDB 2',
      'x.json',
      json({ code: 'unauthorized', message: 'unauthorized access' }),
      'unauthorized access',
    ],
    [
      'Prometheus',
      'x.json',
      json({ status: 'error', errorType: 'bad_data', error: '1:5: parse error' }),
      '1:5: parse error',
    ],
    [
      'Elasticsearch',
      'x.json',
      json({
        error: {
          root_cause: [{ type: 'index_not_found', reason: 'no such index [a]' }],
          reason: 'no such index [a]',
        },
        status: 404,
      }),
      'no such index [a]',
    ],
    [
      'Grafana',
      'x.json',
      json({ results: { A: { error: 'db query error', status: 400, frames: [] } } }),
      'db query error',
    ],
    ['a gateway', 'x.json', json({ message: 'Unauthorized' }), 'Unauthorized'],
    [
      'a problem of HTTP',
      'x.json',
      json({ type: 'about:blank', status: 404, detail: 'no such series' }),
      'no such series',
    ],
    ['GraphQL', 'x.json', json({ errors: [{ message: 'Cannot query x' }], data: null }), 'Cannot query x'],
    ['JSON that is called CSV', 'x.csv', json({ error: 'database not found' }), 'database not found'],
    [
      'InfluxDB as CSV',
      'x.csv',
      '#datatype,string,string\n#group,true,true\n#default,,\n,error,reference\n,"no bucket plant",897\n',
      'no bucket plant',
    ],
    [
      'a page that asks to sign in',
      'x.csv',
      '<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<p>Hello, you</p></html>\n',
      'Sign in',
    ],
    [
      'a store of files',
      'x.csv',
      '<?xml version="1.0"?>\n<Error><Message>Access Denied</Message></Error>\n',
      'Access Denied',
    ],
  ]
  it.each(answers)('of %s is told by its own words', async (_, name, text, words) => {
    const error = await refusal(text, {}, name)
    expect(error).toMatchObject({ code: 'data-server-error' })
    expect(error.message).toContain(JSON.stringify(words))
    expect(error.remedy).toContain('Correct the query or the access')
  })

  it('that ends before the table does is no table', async () => {
    const part = {
      series: [{ name: 'm', columns: ['time', 't'], values: [[1_704_067_200_000, 1]], partial: true }],
    }
    const text = `${json({ results: [part] })}\n${json({ results: [{ error: 'query timeout' }] })}\n`
    expect(await refusal(text, {}, 'x.json')).toMatchObject({ code: 'data-server-error' })
  })

  it('is not seen in tables with columns of such names', async () => {
    const rows = ['01', '02'].map((day, i) => ({
      timestamp: `2024-01-${day}T00:00:00Z`,
      error: 3 + i,
      code: i,
    }))
    expect((await read(rows.map(json).join('\n'), {}, 'x.ndjson')).frame.timeKind).toBe('utc')
    expect(
      (await read('time,error,reference\n2024-01-01,1,2\n2024-01-02,2,3\n')).frame.channels,
    ).toHaveLength(2)
    expect((await read('[{"error":0.1},{"error":0.2}]', {}, 'x.json')).frame.channels).toEqual(['error'])
  })

  it('a table of JSON is read whatever its name is', async () => {
    const rows = [1, 2, 3].map(i => ({ time: `2024-01-0${i}T00:00:00Z`, t: i }))
    expect([...(await read(json(rows), {}, 'x.csv')).frame.values]).toEqual([1, 2, 3])
    expect([...(await read(rows.map(json).join('\n'), {}, 'x.txt')).frame.values]).toEqual([1, 2, 3])
  })
})
