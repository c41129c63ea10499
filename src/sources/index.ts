export {
  BAD_MESSAGES,
  type BadMessage,
  type Delivery,
  type Message,
  type RawMessage,
  type Reading,
  type Source,
} from './contract.js'
export { createDecoder, type Decoded } from './decode.js'
export { type GrowingFileOptions, openGrowingFile } from './growing-file.js'
export { LINE_FORMATS, type LineFormat } from './lines.js'
export { type Mapping, type MessageForm, parseMapping } from './mapping.js'
export { type MqttOptions, openMqtt } from './mqtt.js'
export { type MqttConnection, type MqttPublisher, openMqttPublisher, safeUrl } from './mqtt-client.js'
export type { OnBad } from './source.js'
export { type SourceOptions, streamSource } from './standard-input.js'
export { type TopicPattern, topicPattern } from './topic-pattern.js'
