import { z } from 'zod'
import { promote } from '../../store/index.js'
import { aliasBody, model, slug } from '../contract/index.js'
import { checkUnchanged } from '../http/page.js'
import { defineRoute } from '../http/route.js'
import { modelFacts } from '../scoring/model-facts.js'

/** Makes an alias name a version. With `If-Match` and the ETag of the model a change that another one has overtaken is refused. */
export const setAliasRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/aliases',
  summary: 'Makes an alias name a version',
  access: 'operator',
  params: z.object({ model: slug }),
  body: aliasBody,
  response: model,
  audit: 'alias.set',
  async run({ params, body, user, headers, services: { registryFor } }) {
    const registry = registryFor(user)
    const { model: before, versions } = await modelFacts(registry, params.model)
    checkUnchanged(
      headers['if-match'],
      { ...before, items: versions.toReversed() },
      `the model ${params.model}`,
    )
    await promote(registry, { name: params.model, version: body.version }, body.alias, body.why ?? '')
    return (await modelFacts(registry, params.model)).model
  },
})
