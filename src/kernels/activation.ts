/** Element-wise functions of a network, in the order of their numbers in `wasm/activation.ts`. */
export const ACTIVATIONS = [
  'linear',
  'relu',
  'leaky-relu',
  'elu',
  'gelu',
  'tanh',
  'sigmoid',
  'softplus',
] as const
export type Activation = (typeof ACTIVATIONS)[number]

/** Slope of leaky relu below zero, as in PyTorch. */
const LEAK = 0.01
/** The tanh form of gelu [Hendrycks & Gimpel 2016], x (1 + tanh u) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3). */
const GELU = Math.sqrt(2 / Math.PI)
const GELU_CUBE = 0.044715

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

interface Curve {
  value(x: number): number
  /** Derivative at x, where the value is y. */
  slope(x: number, y: number): number
}

/** NaN stays NaN in every one: comparisons let it fall through to x. */
const CURVES: Record<Activation, Curve> = {
  linear: { value: x => x, slope: () => 1 },
  relu: { value: x => Math.max(x, 0), slope: x => (x > 0 ? 1 : 0) },
  'leaky-relu': { value: x => (x < 0 ? LEAK * x : x), slope: x => (x > 0 ? 1 : LEAK) },
  elu: { value: x => (x < 0 ? Math.expm1(x) : x), slope: (x, y) => (x < 0 ? y + 1 : 1) },
  // (1 + tanh u) / 2 = sigmoid(2 u), which does not cancel where x is negative.
  gelu: {
    value: x => x * sigmoid(2 * GELU * (x + GELU_CUBE * x * x * x)),
    slope: x => {
      const share = sigmoid(2 * GELU * (x + GELU_CUBE * x * x * x))
      return share * (1 + x * (1 - share) * 2 * GELU * (1 + 3 * GELU_CUBE * x * x))
    },
  },
  tanh: { value: Math.tanh, slope: (_, y) => 1 - y * y },
  sigmoid: { value: sigmoid, slope: (_, y) => y * (1 - y) },
  softplus: {
    value: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    slope: sigmoid,
  },
}

/** The specification of `Kernels.activate`. */
export function activate(y: Float32Array, x: Float32Array, which: number, n: number): void {
  const { value } = CURVES[ACTIVATIONS[which]]
  for (let i = 0; i < n; i++) y[i] = value(x[i])
}

/** The specification of `Kernels.activateBackward`. */
export function activateBackward(
  dx: Float32Array,
  dy: Float32Array,
  x: Float32Array,
  y: Float32Array,
  which: number,
  n: number,
): void {
  const { slope } = CURVES[ACTIVATIONS[which]]
  for (let i = 0; i < n; i++) dx[i] = dy[i] * slope(x[i], y[i])
}
