import { z } from 'zod'
import { datasetPage, pageQuery } from '../contract/index.js'
import { pageOfItems } from '../http/page.js'
import { defineRoute } from '../http/route.js'

/** Tables that were uploaded, by name. */
export const datasetsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/datasets',
  summary: 'Tables that were uploaded, by name',
  access: 'viewer',
  query: z.object(pageQuery),
  response: datasetPage,
  async run({ query, services: { datasets } }) {
    return pageOfItems(await datasets.list(), ({ name }) => name, query)
  },
})
