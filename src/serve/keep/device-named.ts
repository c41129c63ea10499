import { createError } from '../../core/errors.js'
import { similarName } from '../../core/nearest.js'
import type { Keep } from './keep.js'
import type { DeviceRecord } from './records.js'

/** Errors: `name-unknown` with the nearest id. */
export function deviceNamed(keep: Keep, id: string): DeviceRecord {
  const device = keep.devices.get(id)
  if (device) return device
  const nearest = similarName(id.slice(0, 200), [...keep.devices.keys()].slice(0, 1000))
  throw createError('name-unknown', { what: 'device', name: id.slice(0, 200), nearest })
}
