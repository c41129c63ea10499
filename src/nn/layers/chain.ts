import type { Layer, LayerRun, ParamSpec } from './layer.js'

/** A sequence of layers as one of the given kind: its parameters are those of all. */
export function chain(layers: readonly Layer[], kind = layers[0].kind): Layer {
  return {
    kind,
    outShape: layers[layers.length - 1].outShape,
    params: layers.flatMap(({ params }) => params),
    build(k, params, size) {
      let inputRows = size.inputRows
      let { needsInputGradient } = size
      let own = 0
      const runs = layers.map((layer, i): LayerRun => {
        const stream = 31 * size.stream + i
        const mine = params.slice(own, own + layer.params.length)
        const run = layer.build(k, mine, { ...size, inputRows, needsInputGradient, stream })
        own += layer.params.length
        inputRows = run.outputRows
        needsInputGradient ||= layer.params.length > 0
        return run
      })
      const { output, outputRows } = runs[runs.length - 1]
      return {
        output,
        outputRows,
        attention: runs.flatMap(({ attention = [] }) => attention),
        forward(signal, batch, pass) {
          let current = signal
          for (const run of runs) {
            run.forward(current, batch, pass)
            current = run.output
          }
        },
        penalty: () => runs.reduce((sum, run) => sum + (run.penalty?.() ?? 0), 0),
        refresh() {
          for (const run of runs) run.refresh?.()
        },
        backward(outputGradient, batch) {
          let gradient: Float32Array | undefined = outputGradient
          for (let i = runs.length - 1; i >= 0 && gradient !== undefined; i--)
            gradient = runs[i].backward(gradient, batch)
          return gradient
        },
      }
    },
  }
}

/** The same parameters with a prefix to their names, so that layers within a layer do not share any. */
export function prefixed(params: readonly ParamSpec[], prefix: string): ParamSpec[] {
  return params.map(param => ({ ...param, name: `${prefix}.${param.name}` }))
}
