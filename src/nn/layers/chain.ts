import type { Layer } from './layer.js'

/** Two layers as one of the kind of the first: its parameters are those of both. */
export function chain(first: Layer, second: Layer): Layer {
  const own = first.params.length
  return {
    kind: first.kind,
    outShape: second.outShape,
    params: [...first.params, ...second.params],
    build(k, params, size) {
      const before = first.build(k, params.slice(0, own), size)
      const after = second.build(k, params.slice(own), {
        ...size,
        inputRows: before.outputRows,
        needsInputGradient: size.needsInputGradient || own > 0,
      })
      return {
        output: after.output,
        outputRows: after.outputRows,
        forward(signal, batch) {
          before.forward(signal, batch)
          after.forward(before.output, batch)
        },
        refresh() {
          before.refresh?.()
          after.refresh?.()
        },
        backward(outputGradient, batch) {
          const between = after.backward(outputGradient, batch)
          return between && before.backward(between, batch)
        },
      }
    },
  }
}
