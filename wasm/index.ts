// Every exported function has the order of arguments of src/kernels/types.ts; arrays are addresses in bytes.
export { activate, activateBackward } from './activation'
export { correlate } from './correlate'
export { affine, gemm } from './gemm'
export { gruBackward, gruForward } from './gru'
export { lstmBackward, lstmForward } from './lstm'
export { add, addColumnSums, adam, scale, squaredError, sumSquares, sumSteps, transpose } from './elementwise'
export { spreadSquaredError, windowSquaredError } from './windows'

/** First byte after the static data: the arena begins here. */
export function arenaStart(): usize {
  return (__heap_base + 15) & ~15
}
