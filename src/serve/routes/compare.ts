import { z } from 'zod'
import { alarmGroups } from '../../report/index.js'
import { compareQuery, compareResult, type DetectResult, detectBody } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'
import { detectSeries } from '../scoring/series.js'
import { SERIES_TYPES } from '../tables/media-types.js'

const DIFFERENCES = {
  same: 'same',
  'other times': 'other-times',
  'only A': 'only-model',
  'only B': 'only-other',
} as const

const timed = ({ events }: DetectResult) =>
  events.map(event => ({ device: '', start: event.startMs, end: event.endMs, event }))

/** Finds the events of a series with two models, and which of them both found. */
export const compareRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/compare',
  summary: 'Finds the events of a series with two models, and which of them both found',
  access: 'viewer',
  params: z.object({ model: modelText }),
  query: compareQuery,
  body: detectBody,
  bodyTypes: SERIES_TYPES,
  response: compareResult,
  async run({ params, query, body, services, signal }) {
    const found = (name: string) => detectSeries(services, name, body, signal, query.device)
    const [own, other] = await Promise.all([found(params.model), found(query.other)])
    return {
      model: own.model,
      other: other.model,
      groups: alarmGroups(timed(own), timed(other)).map(({ difference, of: { A, B } }) => ({
        difference: DIFFERENCES[difference],
        events: A.map(({ event }) => event),
        otherEvents: B.map(({ event }) => event),
      })),
      notes: [...new Set([...own.notes, ...other.notes])],
    }
  },
})
