import { createInterface } from 'node:readline'
import { counted } from '../core/counted.js'
import type { CloudEvent, LiveOutput } from '../emit/index.js'
import { noticeOf } from '../emit/index.js'
import { parseNumber } from '../ingest/index.js'
import { createMonitor, type Monitor } from '../live/index.js'
import { formatNumber } from '../report/index.js'
import { EXIT_OK } from './exit-codes.js'
import type { Io } from './io.js'
import { changeableOf, type StreamSetting } from './stream-reload.js'
import { forSamples } from './table-messages.js'

const HELP = `name:value,name:value   a sample now; channels that are not named have no reading
@device name:value,...  a sample of a device
status                  what became of all samples
quit                    end
`

/** Takes samples that are typed, one on each line, and answers with score, threshold and event. */
export async function runInteractive(io: Io, setting: StreamSetting): Promise<number> {
  const { modelOf, settings, sampling } = changeableOf(setting)
  const outputs: LiveOutput[] = []
  // What is typed is a sample: it has no cadence.
  const typed = async (device: string) => {
    const model = await modelOf(device)
    return model && forSamples(model)
  }
  const monitor = await createMonitor({ model: typed, settings, sampling: { ...sampling, joinMs: null } })
  monitor.subscribe(known => void outputs.push(...known))
  const names = [...setting.models.channels]
  io.stderr(
    `channels: ${names.join(', ')}\ntype ${names
      .slice(0, 2)
      .map(name => `${name}:1`)
      .join(',')}, or help\n`,
  )
  const lines = createInterface({ input: io.stdin ?? process.stdin })
  const stop = () => lines.close()
  io.signal.addEventListener('abort', stop, { once: true })
  let lastMs = 0
  // Samples of one millisecond would have the same time, and only the first would count.
  const nextMs = () => (lastMs = Math.max(Date.now(), lastMs + 1))
  for await (const line of lines) {
    const text = line.trim()
    if (text === 'quit' || text === 'exit' || text === 'q') break
    if (text !== '') io.stdout(await answer(text, { monitor, names, outputs, nextMs }))
  }
  lines.close()
  io.signal.removeEventListener('abort', stop)
  await monitor.close()
  io.stdout(
    outputs
      .splice(0)
      .flatMap(({ events }) => events.map(eventLine))
      .join(''),
  )
  return EXIT_OK
}

interface Dialogue {
  readonly monitor: Monitor
  readonly names: readonly string[]
  /** What became known since the last answer. */
  readonly outputs: LiveOutput[]
  nextMs(): number
}

async function answer(text: string, { monitor, names, outputs, nextMs }: Dialogue): Promise<string> {
  if (text === 'help') return HELP
  if (text === 'status') return `${JSON.stringify(monitor.counts)}\n`
  const parsed = parseSample(text, names)
  if (typeof parsed === 'string') return `${parsed}; type help\n`
  const { refused } = await monitor.push({ ...parsed, time: nextMs() })
  const lines = Object.keys(refused).map(reason => `refused: ${reason}\n`)
  for (const { scored, events } of outputs.splice(0)) {
    if (scored) lines.push(...scoreLines(scored, monitor))
    lines.push(...events.map(eventLine))
  }
  return lines.join('')
}

function scoreLines(scored: NonNullable<LiveOutput['scored']>, { counts }: Monitor): string[] {
  return Array.from(scored.score, (score, i) => {
    if (!Number.isNaN(score))
      return `score ${formatNumber(score)}, threshold 1: ${scored.flag[i] === 1 ? 'anomalous' : 'normal'}\n`
    const reasons = Object.keys(counts.unscored).join(', ')
    return `no score yet (${reasons}), after ${counted(counts.samples, 'sample')}\n`
  })
}

/** Events that open and end; what changes meanwhile is in the scores. */
function eventLine(event: CloudEvent): string {
  const { change, sentence } = noticeOf(event)
  return change === 'updated' ? '' : `event ${change}: ${sentence}\n`
}

/** A typed sample, or what is wrong with it. */
function parseSample(text: string, names: readonly string[]) {
  const [, device = '', pairs = ''] = /^(?:@(\S+)\s+)?(.*)$/.exec(text) ?? []
  const values: Record<string, number> = {}
  for (const pair of pairs.split(',')) {
    const at = pair.lastIndexOf(':')
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    if (at < 1) return `${pair.trim()} is not name:value`
    if (!names.includes(name)) return `${name} is no channel: ${names.join(', ')}`
    values[name] = parseNumber(value, '.')
    if (Number.isNaN(values[name])) return `${value} is not a number`
  }
  return { device, values }
}
