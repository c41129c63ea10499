import type { LayerSpec } from '../../nn/index.js'
import { emitActivation } from './activation.js'
import { emitBatchNorm } from './batch-norm.js'
import { emitBidirectional } from './bidirectional.js'
import { emitConv1d } from './conv1d.js'
import { emitConv1dTransposed } from './conv1d-transposed.js'
import { emitDense } from './dense.js'
import type { Emitter, SpecOf } from './emitter.js'
import { emitGru } from './gru.js'
import { emitNothing } from './identity.js'
import { emitLayerNorm } from './layer-norm.js'
import { emitLstm } from './lstm.js'
import { emitPool } from './pool.js'
import { emitPosition } from './position.js'
import { emitRepeat } from './repeat.js'
import { emitReshape } from './reshape.js'
import { emitResidual } from './residual.js'
import { emitSelfAttention } from './self-attention.js'
import { emitUpsample } from './upsample.js'
import { emitVariational } from './variational.js'

/** How each type of layer is written in ONNX. A layer that has no counterpart raises `onnx-unsupported` in its emitter. */
export const EMITTERS: { readonly [Type in LayerSpec['type']]: Emitter<SpecOf<Type>> } = {
  lstm: emitLstm,
  gru: emitGru,
  bidirectional: emitBidirectional,
  dense: emitDense,
  conv1d: emitConv1d,
  'conv1d-transposed': emitConv1dTransposed,
  'self-attention': emitSelfAttention,
  position: emitPosition,
  activation: emitActivation,
  'layer-norm': emitLayerNorm,
  'batch-norm': emitBatchNorm,
  dropout: emitNothing,
  'activity-regularization': emitNothing,
  variational: emitVariational,
  residual: emitResidual,
  pool: emitPool,
  upsample: emitUpsample,
  flatten: emitReshape,
  reshape: emitReshape,
  repeat: emitRepeat,
}
