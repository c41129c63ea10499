import { DAY_MS } from '../../core/milliseconds.js'
import { type Device, overview, overviewQuery } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { rangeOf } from '../keep/range.js'
import { newestMs, overviewOf } from '../keep/views.js'

const WEEK_MS = 7 * DAY_MS

/** All devices with their events of a range, worst first. */
export const overviewRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/overview',
  summary: 'All devices with their events of a range of time, worst first',
  access: 'viewer',
  query: overviewQuery,
  response: overview,
  async run({ query, services: { keep, now, streams } }) {
    const driftOf = ({ stream, name }: Device) => {
      const open = streams.driftsOf(stream, name).drifts
      return open.length === 0 ? null : open.reduce((a, b) => (b.lastMs >= a.lastMs ? b : a)).verdict
    }
    return overviewOf(keep, rangeOf(query, newestMs(keep, now()), WEEK_MS), query.limit, driftOf)
  },
})
