import { differences } from '../../report/index.js'
import { comparison, comparisonQuery } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelFacts } from '../scoring/model-facts.js'

/** What two versions say about themselves and where it differs. */
export const comparisonRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/comparison',
  summary: 'What two versions of models say about themselves and where it differs',
  access: 'viewer',
  query: comparisonQuery,
  response: comparison,
  async run({ query, user, services: { models, registryFor } }) {
    const [base, other] = await Promise.all([
      models.get(query.base, query.device),
      models.get(query.other, query.device),
    ])
    const factsOf = async ({ version: { name, number } }: typeof base) => {
      const { versions } = await modelFacts(registryFor(user), name)
      return versions.find(({ version }) => version === number) as (typeof versions)[number]
    }
    return {
      base: await factsOf(base),
      other: await factsOf(other),
      differences: differences(base.model.info, other.model.info, ['base', 'other']).map(row => ({
        fact: String(row.fact),
        base: row.base ?? null,
        other: row.other ?? null,
      })),
    }
  },
})
