import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { forChannels } from '../../core/channels.js'
import { TelltaleError } from '../../core/errors.js'
import { temporaryPath } from '../../files/index.js'
import { createServer } from '../../serve/index.js'
import { deviceFolder, saveModel, stageVersion } from '../../store/index.js'
import { askServer } from '../api-client.js'
import type { VerifyInput, VerifyPath } from './input.js'
import { type Recordings, recordEvent, recordScores } from './recording.js'

const NAME = 'verified'
const LARGE = 2 ** 31 - 1

/** The rows through `POST /api/v1/models/NAME/detect` of a server of this run. */
export const server: VerifyPath = {
  name: 'server',
  async run(input, into) {
    const folder = await temporaryPath()
    await mkdir(folder, 0o700)
    try {
      await publishModels(input, folder)
      await throughServer(input, into, folder)
    } catch (error) {
      if (error instanceof TelltaleError && error.code === 'engine-missing') return error.message
      throw error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return undefined
  },
}

async function publishModels({ fleet, tables }: VerifyInput, folder: string): Promise<void> {
  const staged = await stageVersion({ folder, by: 'telltale verify', now: () => new Date() }, NAME)
  const { members } = fleet
  if (members === undefined) await saveModel((await fleet.modelOf(''))!, staged.path)
  else
    for (const { device } of tables)
      await saveModel((await fleet.modelOf(device))!, join(staged.path, deviceFolder(device)))
  await staged.publish('telltale verify')
}

async function throughServer(
  { fleet, tables, timeKind, log, io }: VerifyInput,
  into: Recordings,
  folder: string,
): Promise<void> {
  const limits = { rows: LARGE, columns: LARGE, bodyBytes: LARGE }
  const opened = await createServer({ models: folder, data: join(folder, 'data'), log, limits })
  try {
    const { key } = await opened.services.keys.create('verify', 'admin')
    const address = await opened.listen(0)
    for (const { device, frame: whole } of tables) {
      const { channels } = (await fleet.modelOf(device))!.info
      const frame = forChannels(whole, channels)
      const body = {
        channels,
        rows: Array.from(frame.timeMs, (_, i) =>
          Array.from(frame.values.subarray(i * channels.length, (i + 1) * channels.length)),
        ),
        ...(timeKind === 'utc' && { times: Array.from(frame.timeMs) }),
        ...(fleet.members !== undefined && { device }),
        alignment: 'causal',
      }
      const path = `/api/v1/models/${NAME}/detect`
      const answer = (await askServer(
        address,
        path,
        key,
        io.signal,
        body,
        Number.POSITIVE_INFINITY,
      )) as Answer
      recordScores(into, device, frame.timeMs, answer.score, answer.reason)
      for (const event of answer.events) recordEvent(into, device, event)
    }
  } finally {
    await opened.close()
  }
}

interface Answer {
  readonly score: readonly (number | null)[]
  readonly reason: readonly string[]
  readonly events: readonly Parameters<typeof recordEvent>[2][]
}
