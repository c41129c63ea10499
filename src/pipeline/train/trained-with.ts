import { countsFor } from '../../core/parse-options.js'
import type { ModelInfo } from '../../model/index.js'
import { trainOptions } from '../settings/train-options.js'
import type { TrainSettings } from '../settings/train-settings.generated.js'

/**
 * The options that a model was trained with, for another training like it. Older models keep options that do not count for their detector: these are left out.
 *
 * @param without options that are not those of another training
 */
export function trainedWith(
  { kind, options }: Pick<ModelInfo, 'kind' | 'options'>,
  without: readonly string[],
): TrainSettings {
  const known = Object.keys(trainOptions.shape)
  return Object.fromEntries(
    Object.entries(options as Record<string, unknown>).filter(
      ([key, value]) =>
        known.includes(key) && !without.includes(key) && value !== null && countsFor(trainOptions, key, kind),
    ),
  )
}
