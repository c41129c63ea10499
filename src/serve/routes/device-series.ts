import { z } from 'zod'
import { HOUR_MS } from '../../core/milliseconds.js'
import { id, series, seriesQuery } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { deviceNamed } from '../keep/device-named.js'
import { rangeOf } from '../keep/range.js'
import { seriesOf } from '../keep/views.js'

const DEFAULT_MS = 2 * HOUR_MS

/** Readings, expected bands and scores of a device in equal intervals of time. */
export const deviceSeriesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/devices/{device}/series',
  summary: 'Readings, expected bands and scores of a device in equal intervals of time',
  access: 'viewer',
  params: z.object({ device: id }),
  query: seriesQuery,
  response: series,
  async run({ params, query, services: { keep, now } }) {
    const device = deviceNamed(keep, params.device)
    return seriesOf(keep, device, rangeOf(query, device.lastMs ?? now(), DEFAULT_MS), query.points)
  },
})
