import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ACTIVATIONS } from '../../src/kernels/index.js'
import {
  createNetwork,
  layerTypes,
  lossName,
  optimizerName,
  parseArchitecture,
  resolveArchitecture,
  scheduleName,
} from '../../src/nn/index.js'

const PAGE = readFileSync(new URL('../../docs/nn.md', import.meta.url), 'utf8')

describe('the page about networks', () => {
  it('names every layer, activation, loss, optimizer and schedule', () => {
    const names = [
      ...layerTypes(),
      ...ACTIVATIONS,
      ...lossName.options,
      ...optimizerName.options,
      ...scheduleName.options,
    ]
    expect(names.filter(name => !PAGE.includes(`\`${name}\``))).toEqual([])
  })

  it('shows architectures that give a window back', () => {
    const files = [...PAGE.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(match => match[1])
    expect(files.length).toBeGreaterThan(1)
    for (const file of files) {
      const definition = parseArchitecture(file, 'docs/nn.md')
      const network = createNetwork(resolveArchitecture(definition, { window: 24, channels: 3 }))
      expect(network.outShape).toEqual({ steps: 24, width: 3 })
    }
  })
})
