import { describe, expect, it } from 'vitest'
import { createMetrics, csvText, METRICS, prometheusText } from '../../src/observe/index.js'

function sample() {
  const metrics = createMetrics({ now: () => 0 })
  metrics.add('telltale_samples_scored_total', 5, { model: 'a"b\\c\nd' })
  metrics.set('telltale_coverage_ratio', 0.5, { model: 'pump' })
  metrics.observe('telltale_inference_duration_seconds', 0.002)
  metrics.observe('telltale_inference_duration_seconds', 3)
  return metrics.families()
}

describe('prometheusText', () => {
  it('is the text format: help, type, escaped labels, cumulative buckets, a newline at the end', async () => {
    const text = await prometheusText(sample())
    expect(text).toContain(
      '# HELP telltale_samples_scored_total Samples that have a score.\n# TYPE telltale_samples_scored_total counter\ntelltale_samples_scored_total{model="a\\"b\\\\c\\nd"} 5\n',
    )
    expect(text).toContain(
      '# TYPE telltale_coverage_ratio gauge\ntelltale_coverage_ratio{model="pump"} 0.5\n',
    )
    const lines = text.split('\n').filter(line => line.startsWith('telltale_inference_duration_seconds'))
    expect(lines).toContain('telltale_inference_duration_seconds_bucket{le="0.001"} 0')
    expect(lines).toContain('telltale_inference_duration_seconds_bucket{le="0.002"} 1')
    expect(lines).toContain('telltale_inference_duration_seconds_bucket{le="2"} 1')
    expect(lines).toContain('telltale_inference_duration_seconds_bucket{le="5"} 2')
    expect(lines.slice(-3)).toEqual([
      'telltale_inference_duration_seconds_bucket{le="+Inf"} 2',
      'telltale_inference_duration_seconds_sum 3.002',
      'telltale_inference_duration_seconds_count 2',
    ])
    expect(text.endsWith('\n')).toBe(true)
  })

  it('is empty without metrics', async () => {
    expect(await prometheusText([])).toBe('')
  })
})

describe('csvText', () => {
  it('has a row for each figure', () => {
    const rows = csvText(sample()).split('\n')
    expect(rows[0]).toBe('metric,labels,field,value')
    expect(rows).toContain('telltale_coverage_ratio,model=pump,value,0.5')
    expect(rows).toContain('telltale_inference_duration_seconds,,count,2')
    expect(rows).toContain('telltale_inference_duration_seconds,,max,3')
  })
})

describe('METRICS', () => {
  it('follow the naming rules: counters end in _total, durations are seconds, sizes bytes', () => {
    for (const [name, { type, help }] of Object.entries(METRICS)) {
      expect(name).toMatch(/^(?:telltale|process|nodejs)_[a-z0-9_]+$/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      if (type === 'histogram') expect(name).toMatch(/_seconds$/)
      expect(help).toMatch(/\.$/)
    }
  })
})
