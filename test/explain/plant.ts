import type { Model } from '../../src/model/index.js'
import { type TrainSettings, trainModel } from '../../src/pipeline/index.js'
import { generatePlant, type Plant } from '../../src/simulate/index.js'

const known = new Map<string, Promise<{ model: Model; plant: Plant }>>()

/** A plant of 8 channels without faults, and a model of its history. */
export function plantModel(
  detector: 'auto' | 'committee' | 'pca-q' | 'isolation-forest' | 'lstm-autoencoder',
) {
  const made = known.get(detector) ?? make(detector)
  known.set(detector, made)
  return made
}

async function make(name: string): Promise<{ model: Model; plant: Plant }> {
  const plant = generatePlant({ rows: 2500, channels: 8, seed: 5, faults: 0 })
  const settings =
    name === 'lstm-autoencoder'
      ? { detector: 'autoencoder', window: 10, units: 4, latent: 2, epochs: 2 }
      : { detector: name }
  return { model: await trainModel(plant.train, settings as TrainSettings), plant }
}
