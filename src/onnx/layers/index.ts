import type { LayerSpec } from '../../nn/index.js'
import { emitActivation } from './activation.js'
import { emitConv1d } from './conv1d.js'
import { emitDense } from './dense.js'
import type { Emitter, SpecOf } from './emitter.js'
import { emitGru } from './gru.js'
import { emitLayerNorm } from './layer-norm.js'
import { emitLstm } from './lstm.js'
import { emitPool } from './pool.js'
import { emitRepeat } from './repeat.js'
import { emitReshape } from './reshape.js'
import { emitUpsample } from './upsample.js'

/** How each kind of layer is written in ONNX. */
export const EMITTERS: { readonly [Type in LayerSpec['type']]?: Emitter<SpecOf<Type>> } = {
  lstm: emitLstm,
  gru: emitGru,
  dense: emitDense,
  conv1d: emitConv1d,
  activation: emitActivation,
  'layer-norm': emitLayerNorm,
  pool: emitPool,
  upsample: emitUpsample,
  flatten: emitReshape,
  reshape: emitReshape,
  repeat: emitRepeat,
}
