import { pickChannels } from '../core/channels.js'
import { counted } from '../core/counted.js'
import { TelltaleError } from '../core/errors.js'
import type { ParseTimeOptions } from '../core/parse-time.js'
import { isLabelName } from '../ingest/index.js'
import type { DeviceCalibration, Learning } from '../live/index.js'
import { trainModel } from '../pipeline/index.js'
import type { Io } from './io.js'
import type { StreamSetting } from './stream-reload.js'

/** What devices do that have no model, or only one that others have as well. */
export function coldStart(
  io: Pick<Io, 'stderr' | 'signal'>,
  { options, models }: Pick<StreamSetting, 'options' | 'models'>,
): { readonly calibrate?: DeviceCalibration; readonly learn?: Learning } {
  const { calibrateDevices, learn: samples, timeZone } = options
  return {
    ...(calibrateDevices !== undefined && {
      calibrate: { samples: calibrateDevices, isOwn: models.isOwn },
    }),
    ...(samples !== undefined && { learn: { samples, train: trainer(io, { timeZone }) } }),
  }
}

/** Trains with the defaults of `telltale train`, and says what became of it. */
function trainer(
  { stderr, signal }: Pick<Io, 'stderr' | 'signal'>,
  times: ParseTimeOptions,
): Learning['train'] {
  return async (all, device) => {
    const history = pickChannels(
      all,
      all.channels.filter(name => !isLabelName(name)),
    )
    const name = device === '' ? 'the device' : `device ${device}`
    const { length } = history.timeMs
    try {
      const model = await trainModel(
        history,
        {},
        {
          signal,
          times,
          ...(device !== '' && { device }),
          onIssues: issues => {
            const found = issues.filter(({ code }) => code === 'history-outlying')
            for (const { message } of found)
              stderr(`note: ${name}: ${message} (\`telltale train\` on a recording of this time)\n`)
          },
        },
      )
      stderr(
        `note: ${name} has learnt from ${counted(length, 'sample')} of ${history.channels.join(', ')}: it is scored from now on\n`,
      )
      return model
    } catch (error) {
      if (error instanceof TelltaleError)
        stderr(
          `warning: ${name} cannot learn from ${counted(length, 'sample')} and collects more: ${error.message}\n`,
        )
      throw error
    }
  }
}
