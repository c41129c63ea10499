import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import type { Model } from '../model/index.js'
import { resolveSettings, type SessionSettings } from '../session/index.js'

/** How long a value of each signal that is watched for drift takes: that decides how soon a drift can be found. */
export function watchNotes(model: Model, settings: SessionSettings): string[] {
  const { watch } = resolveSettings(model, settings)
  const cadenceMs = model.info.schema?.cadenceMs
  return (watch?.signals ?? []).map(({ reference, block }) => {
    const time = cadenceMs ? ` (${formatDuration(block.samples * cadenceMs)})` : ''
    const means =
      block.samples === 1 ? 'single samples' : `means of ${counted(block.samples, 'sample')}${time}`
    return `${reference.channel} is watched for drift by ${means}; a drift is found after several of them`
  })
}
