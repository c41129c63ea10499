import { pickChannels } from '../core/channels.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { type Finding, gradeIssues, type Issue, type ValidationLevel } from '../validate/index.js'

/**
 * The samples with the channels of a model in its order: a channel that is not there has no reading, one that the model does not know is left out, and
 * both are issues. Cost O(1) when the channels are those of the model, else O(N C).
 */
export function fitChannels(
  samples: Frame,
  wanted: readonly string[],
  level: ValidationLevel,
): { readonly frame: Frame; readonly issues: readonly Issue[] } {
  const { channels } = samples
  const isSame = channels.length === wanted.length && wanted.every((name, c) => channels[c] === name)
  if (isSame) return { frame: samples, issues: [] }
  const lost = wanted.filter(name => !channels.includes(name))
  const unknown = channels.filter(name => !wanted.includes(name))
  const findings: Finding[] = [
    ...lost.map(channel => ({ code: 'channel-lost', channel }) as const),
    ...unknown.map(channel => ({ code: 'channel-unknown', channel }) as const),
  ]
  const issues = gradeIssues(findings, level)
  if (lost.length === 0) return { frame: pickChannels(samples, wanted), issues }
  const n = sampleCount(samples)
  const values = new Float64Array(n * wanted.length)
  wanted.forEach((name, c) => {
    const from = channels.indexOf(name)
    for (let i = 0; i < n; i++)
      values[i * wanted.length + c] = from < 0 ? Number.NaN : samples.values[i * channels.length + from]
  })
  return { frame: { ...samples, channels: wanted, values }, issues }
}
