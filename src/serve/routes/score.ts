import { z } from 'zod'
import { deviceQuery, type ScoreResult, scoreBody, scoreResult } from '../contract/index.js'
import { type Call, defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'
import { scoreTableWindows, scoreWindows } from '../scoring/windows.js'
import { scoreTable } from '../tables/answers.js'
import { BINARY_TYPES } from '../tables/media-types.js'

type ScoreCall = Call<{ model: string }, z.output<typeof deviceQuery>, z.output<typeof scoreBody> | Buffer>

/** Scores windows: each result is that of the last row of its window. A window that cannot be scored does not stop the others. */
export const scoreRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/score',
  summary: 'Scores windows of readings; a table of Parquet or Arrow holds one window after the other',
  access: 'viewer',
  params: z.object({ model: modelText }),
  query: deviceQuery,
  body: scoreBody,
  bodyTypes: ['application/json', ...BINARY_TYPES],
  response: scoreResult,
  run: score,
  async runTable(call) {
    return scoreTable(await score(call))
  },
})

async function score(call: ScoreCall): Promise<ScoreResult> {
  const { params, query, body, services } = call
  const { models, scorer, measures, limits } = services
  const isBytes = Buffer.isBuffer(body)
  const served = await models.get(params.model, (isBytes ? undefined : body.device) ?? query.device)
  const { results, notes } = isBytes
    ? await scoreTableWindows(served, body, scorer, limits.rows, call.signal)
    : { results: await scoreWindows(served, body, scorer), notes: [] }
  measures.metrics.add('telltale_samples_scored_total', results.filter(one => !('error' in one)).length, {
    model: served.version.name,
  })
  return { model: served.name, results, notes }
}
