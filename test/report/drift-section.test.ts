import { describe, expect, it } from 'vitest'
import type { ChannelDrift, DriftLevel } from '../../src/drift/index.js'
import { driftSection } from '../../src/report/drift-section.js'

const sectionOf = (...levels: DriftLevel[]) =>
  driftSection({
    samples: 100,
    drifted: levels.includes('large'),
    channels: levels.map((level, c) => ({ channel: `c${c}`, level, missingLevel: 'none' }) as ChannelDrift),
  })

describe('the drift section of a report', () => {
  it('never says that readings are as before where they could not be tested', () => {
    expect(sectionOf('none', 'none')).toContain('distributed as in the history of the model.</p>')
    expect(sectionOf('none', 'unknown')).toContain(
      'as in the history of the model, as far as they could be tested: 1 channel could not.</p>',
    )
    expect(sectionOf('unknown', 'unknown')).toContain('There are too few independent samples to say')
    expect(sectionOf('large', 'unknown')).toContain('Readings differ from the history')
  })
})
