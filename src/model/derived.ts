import { type DerivedChannel, derivedChannel } from '../align/index.js'
import type { ModelInfo } from './info.js'

/** The channels that a model computes from columns. @param info of a model that was checked */
export function derivedOf({ options }: Pick<ModelInfo, 'options'>): readonly DerivedChannel[] {
  return derivedChannel.array().parse(options.derived ?? [])
}
