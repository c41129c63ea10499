import { derivedOf, type Model } from '../model/index.js'

/** What was done to the readings that a model learnt from, and an exported file does not do: the sender of its windows must. */
export function onnxNotes({ info }: Model): string[] {
  const { where, cadence } = info.options
  const derived = derivedOf(info)
  const computed = derived.map(({ channel, from, kind }) => `${channel} (${kind} of ${from})`)
  return [
    ...(typeof where === 'string'
      ? [
          `the model learnt from the rows with ${where}, and the file does not choose rows: give it such rows only`,
        ]
      : []),
    ...(cadence !== undefined
      ? [
          `the model learnt from one sample in ${String(cadence)}, and the file does not resample: give it such samples`,
        ]
      : []),
    ...(computed.length > 0
      ? [`the file does not compute channels: compute ${computed.join(', ')} for its windows`]
      : []),
  ]
}
