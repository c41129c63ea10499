import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LiveOutput } from '../../src/emit/index.js'
import { openLineSink } from '../../src/emit/line-sink.js'
import { createMonitor } from '../../src/live/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { scratchFolder } from '../cli/world.js'
import { liveFrame } from '../live/program.js'
import { swinging } from '../pipeline/machine.js'

/** What a monitor says of a device with three faults, that falls silent at the end. */
async function outputsOf(device: string): Promise<LiveOutput[]> {
  const model = await trainModel(swinging(500, 1), { window: 12, workers: 1, quantile: 0.999 }, {})
  const frame = liveFrame(900)
  let nowMs = frame.timeMs[899]!
  const monitor = await createMonitor({ model, now: () => nowMs })
  const outputs: LiveOutput[] = []
  monitor.subscribe(known => void outputs.push(...known))
  await monitor.push(
    Array.from(frame.timeMs, (time, i) => ({
      device,
      time,
      values: { a: frame.values[2 * i], b: frame.values[2 * i + 1] },
    })),
  )
  nowMs += 3_600_000
  await monitor.push({ device: 'other', values: { a: 1 } })
  await monitor.close()
  return outputs
}

describe('CSV files of a stream', () => {
  it('hold the scores and events of the JSON lines, with names that no spreadsheet executes', async () => {
    const folder = scratchFolder()
    const outputs = await outputsOf('=p7,"x"')
    for (const content of ['scores', 'events'] as const)
      for (const ending of ['csv', 'jsonl']) {
        const sink = await openLineSink(join(folder, `${content}.${ending}`), content)
        await sink.write(outputs)
        await sink.close()
      }
    const linesOf = (name: string) => readFileSync(join(folder, name), 'utf8').trim().split('\n')
    const wanted = linesOf('scores.jsonl').map(line => JSON.parse(line))
    const rows = linesOf('scores.csv').slice(1)
    expect(rows.length).toBe(wanted.length)
    wanted.forEach(({ time, score, p_value, severity, flag, reason }, i) => {
      const numbers = [score, p_value, severity].map(number => number ?? '')
      expect(rows[i]!.endsWith(`,${[time, ...numbers, flag, reason].join()}`), rows[i]).toBe(true)
    })
    const events = linesOf('events.csv').slice(1)
    const told = linesOf('events.jsonl').map(line => JSON.parse(line))
    expect(events.length).toBe(told.length)
    told.forEach(({ id, time, type }, i) => {
      expect(events[i]).toContain(id.replaceAll('"', '""'))
      expect(events[i]).toContain(time)
      expect(events[i]).toContain(type.split('.')[2])
      expect(events[i]!.startsWith('"\'=p7,""x""",')).toBe(true)
    })
    expect(events.at(-1)).toContain('coverage,opened')
    expect(events[0]).toMatch(/anomaly,opened.*,a:[\d.]+;b:[\d.]+,/)
  })

  it('have one header, however often the file is opened, and lose what was not saved', async () => {
    const path = join(scratchFolder(), 'e.csv')
    const outputs = await outputsOf('p7')
    const first = await openLineSink(path, 'scores')
    await first.write(outputs.slice(0, 1))
    const state = await first.state()
    await first.write(outputs)
    await first.close()
    const again = await openLineSink(path, 'scores', state)
    await again.write(outputs.slice(1))
    await again.close()
    const whole = join(scratchFolder(), 'whole.csv')
    const once = await openLineSink(whole, 'scores')
    await once.write(outputs)
    await once.close()
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(whole, 'utf8'))
    expect(readFileSync(path, 'utf8').match(/device,time/g)?.length).toBe(1)
  })
})
