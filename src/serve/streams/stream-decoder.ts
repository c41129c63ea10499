import { type ModelsReading, trainedMapping } from '../../live/index.js'
import { type Advice, createDecoder, type Decoded, type RawMessage } from '../../sources/index.js'
import type { StreamPlan } from './plan.js'

/** What helps those who send messages to a stream of the server. */
const STREAM_ADVICE: Advice = {
  noTime: '"time=FIELD" in `map` of the stream names the one with the time',
  noDevice: '"device=FIELD" in `map` of the stream says which one does',
  holder: field => `${JSON.stringify(`channels=${field}`)} in \`map\` of the stream reads those in ${field}`,
  timeFormat: '`timeFormat` of the stream says how times are written',
  timeUnit: '`timeUnit` of the stream, such as s, says what they count',
  decimal: '`decimal` of the stream with "," reads a decimal comma',
}

/**
 * Reads the messages of a stream as its model learnt them, with the device in the field `device`, and the time in the field `time`, or that of the training.
 *
 * @param reading what the version in use says of messages: another object for each version
 * @throws OptionError `option-invalid` of an entry of `map`, a format or a zone
 */
export function streamDecoder(plan: StreamPlan, reading: () => ModelsReading): (raw: RawMessage) => Decoded {
  const decoderOf = (models: ModelsReading) =>
    createDecoder(
      trainedMapping(models, plan, ({ time }) => ({ time: 'time', otherTime: time, device: 'device' })),
      { channels: models.channels, advice: STREAM_ADVICE },
    )
  let known = reading()
  let decode = decoderOf(known)
  return raw => {
    if (reading() !== known) {
      known = reading()
      decode = decoderOf(known)
    }
    return decode(raw)
  }
}
