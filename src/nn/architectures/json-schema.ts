import { z } from 'zod'
import type { Json } from '../../core/state.js'
import { layerSpec } from '../layers/index.js'
import { definitionSchema, SIZE_WORD } from './definition.js'

type JsonObject = { readonly [key: string]: Json }

const ANY_LAYER = { $ref: '#/$defs/layer' }

/** The JSON Schema (draft 2020-12) of architecture files, with which editors complete and check them. */
export function architectureJsonSchema(): JsonObject {
  const { $schema: _, ...layer } = toJson(layerSpec)
  const { properties, ...whole } = toJson(definitionSchema)
  const known = properties as { readonly [key: string]: JsonObject }
  return {
    ...whole,
    title: 'telltale architecture',
    properties: {
      ...known,
      encoder: { ...known.encoder, items: ANY_LAYER },
      decoder: { ...known.decoder, items: ANY_LAYER },
    },
    $defs: { layer: withWords(layer) },
  }
}

const toJson = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as JsonObject

/** Lets a size word stand wherever a layer wants an integer, and any layer within a layer. */
function withWords(node: Json): Json {
  if (Array.isArray(node)) return node.map(withWords)
  if (typeof node !== 'object' || node === null) return node
  const schema = node as JsonObject
  if (schema.type === 'integer') return { anyOf: [schema, { type: 'string', pattern: SIZE_WORD.source }] }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'layers' ? { ...(value as JsonObject), items: ANY_LAYER } : withWords(value),
    ]),
  )
}
