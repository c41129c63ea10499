import { z } from 'zod'
import { option } from '../core/options.js'

/** How many scores devices that share a model find their thresholds from: `DeviceCalibration.samples`. */
export const calibrateDevicesOption = option(
  z.number().int().min(100).max(1_000_000).optional(),
  'Give each device that shares a model a threshold of its own, by the rule of the training, from its first N scores. It raises no events before. Default: they share the threshold.',
  { value: 'N' },
)
