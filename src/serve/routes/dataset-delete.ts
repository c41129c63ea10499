import { z } from 'zod'
import { slug } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Removes an uploaded table. */
export const deleteDatasetRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/datasets/{dataset}',
  summary: 'Removes an uploaded table',
  access: 'operator',
  params: z.object({ dataset: slug }),
  response: z.undefined(),
  status: 204,
  audit: 'dataset.delete',
  async run({ params, services: { datasets } }) {
    await datasets.remove(params.dataset)
    return undefined
  },
})
