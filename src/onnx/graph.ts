import type { Attributes, OnnxNode, OnnxTensor } from './proto.js'

/**
 * A graph under construction. Values are known by their names; nodes are added in the order in which they can be computed. Names are
 * identifiers of C, as the specification wants them for this version of the format; a number makes them unique.
 */
export interface GraphBuilder {
  readonly nodes: readonly OnnxNode[]
  readonly constants: Readonly<Record<string, OnnxTensor>>
  /** Adds a node and returns the name of its output; of several outputs number `which`, those before it are left out where they may be. */
  node(operator: string, inputs: readonly string[], attributes?: Attributes, which?: number): string
  /** Adds a node whose output has the name of an output of the graph. */
  output(name: string, operator: string, inputs: readonly string[], attributes?: Attributes): string
  /** Adds a constant array and returns its name; without a shape it is a list. */
  constant(name: string, data: OnnxTensor['data'], shape?: readonly number[]): string
  /** Adds a list of integers: a shape, axes, counts. */
  integers(name: string, values: readonly number[]): string
  /** Adds a single number, to be broadcast: float32, or float64. */
  scalar(name: string, value: number): string
  double(name: string, value: number): string
  /** The same graph, with names that begin with `scope_`. */
  within(scope: string): GraphBuilder
}

/** Operators whose outputs are all optional. */
const MAY_BE_LEFT: ReadonlySet<string> = new Set(['LSTM', 'GRU'])

/** An empty graph. */
export function createGraph(): GraphBuilder {
  const nodes: OnnxNode[] = []
  const constants: Record<string, OnnxTensor> = {}
  const taken = new Set<string>()
  const unique = (wanted: string): string => {
    let name = wanted
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`
    taken.add(name)
    return name
  }

  const scoped = (prefix: string): GraphBuilder => {
    const constant: GraphBuilder['constant'] = (name, data, shape = [data.length]) => {
      const full = unique(`${prefix}${name}`)
      constants[full] = { shape, data }
      return full
    }
    return {
      nodes,
      constants,
      constant,
      node(operator, inputs, attributes = {}, which = 0) {
        const name = unique(`${prefix}${operator}`)
        const left = Array.from({ length: which }, () =>
          MAY_BE_LEFT.has(operator) ? '' : unique(`${name}_left`),
        )
        nodes.push({ name, operator, inputs, outputs: [...left, name], attributes })
        return name
      },
      output(name, operator, inputs, attributes = {}) {
        nodes.push({ name: unique(name), operator, inputs, outputs: [name], attributes })
        return name
      },
      integers: (name, values) => constant(name, BigInt64Array.from(values, BigInt)),
      scalar: (name, value) => constant(name, Float32Array.of(value), []),
      double: (name, value) => constant(name, Float64Array.of(value), []),
      within: scope => scoped(`${prefix}${scope.replace(/\W/g, '_')}_`),
    }
  }
  return scoped('')
}

/** The numbers of each window in other sizes; the batch keeps its own. */
export function reshape(graph: GraphBuilder, x: string, sizes: readonly number[]): string {
  return graph.node('Reshape', [x, graph.integers('shape', [-1, ...sizes])])
}

/** Axes in another order. */
export function transpose(graph: GraphBuilder, x: string, perm: readonly number[]): string {
  return graph.node('Transpose', [x], { perm })
}

/** Elements `[start, end)` along an axis. */
export function slice(graph: GraphBuilder, x: string, axis: number, start: number, end: number): string {
  const [starts, ends, axes] = Object.entries({ start, end, axis }).map(([name, value]) =>
    graph.integers(name, [value]),
  )
  return graph.node('Slice', [x, starts, ends, axes])
}
