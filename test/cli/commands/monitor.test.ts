import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { telltale, workshop } from '../world.js'

describe('telltale monitor', () => {
  it('shows and assesses what another run measured', async () => {
    const cwd = await workshop({ trained: true })
    const run = await telltale(
      ['detect', 'data.csv', '--model', 'model', '--metrics-file', 'job.json', '--metrics-slow', 'read=1ms'],
      { cwd },
    )
    expect(run.code).toBe(0)
    const { code, stdout } = await telltale(['monitor', 'job.json', '--follow'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^job +telltale detect \(finished, exit code 0\)$/m)
    expect(stdout).toMatch(/^samples scored +600 /m)
    for (const stage of ['load', 'read', 'score', 'validate', 'prepare', 'detect', 'threshold', 'events'])
      expect(stdout).toMatch(new RegExp(`^${stage} +\\d+ `, 'm'))
    expect(stdout).toContain('issue: read took longer than its limit 1 times')
    expect(stdout).toContain('not assessed: GPU: none is used')
  })

  it('gives rows for programs, and the text format of Prometheus', async () => {
    const cwd = await workshop({ trained: true })
    await telltale(['detect', 'data.csv', '--model', 'model', '--metrics-file', 'job.json'], { cwd })
    const json = await telltale(['monitor', 'job.json', '--format', 'json', '--out', 'job.prom'], { cwd })
    expect(JSON.parse(json.stdout)).toMatchObject({
      job: { command: 'detect' },
      assessment: { score: expect.any(Number), unseen: expect.arrayContaining(['queues']) },
    })
    expect(readFileSync(join(cwd, 'job.prom'), 'utf8')).toContain('telltale_samples_scored_total{model="')
    const csv = await telltale(['monitor', 'job.json', '--format', 'csv'], { cwd })
    expect(csv.stdout).toMatch(/^stage,count,total,p50,p95,p99,max\n/)
  })

  it('changes no result of the run that is measured', async () => {
    const cwd = await workshop({ trained: true })
    const scores = async (more: string[]) => {
      await telltale(['detect', 'data.csv', '--model', 'model', '--scores', 'scores.csv', ...more], { cwd })
      return readFileSync(join(cwd, 'scores.csv'), 'utf8')
    }
    expect(await scores(['--metrics-file', 'job.json'])).toBe(await scores([]))
  })

  it('refuses what is no snapshot, and an ending that says no form', async () => {
    const cwd = await workshop({ trained: false })
    const wrong = await telltale(['monitor', 'data.csv'], { cwd })
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('snapshot-unreadable')])
    const ending = await telltale(['monitor', 'job.json', '--out', 'job.xml'], { cwd })
    expect([ending.code, ending.stderr]).toEqual([2, expect.stringContaining('.json, .prom, .csv')])
  })
})
