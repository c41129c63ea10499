export { type Advice, COMMAND_ADVICE } from './advice.js'
export {
  BAD_MESSAGES,
  type BadMessage,
  type Delivery,
  type Message,
  placeOf,
  type RawMessage,
  type Reading,
  type Refusal,
  type Source,
} from './contract.js'
export { createDecoder, type Decoded, type UnreadField } from './decode.js'
export { type GrowingFileOptions, openGrowingFile } from './growing-file.js'
export { type KafkaGroup, type KafkaOptions, openKafkaGroup } from './kafka.js'
export {
  ensureTopic,
  KAFKA_SASL,
  type KafkaConnection,
  kafkaError,
  kafkaOptions,
  loadKafka,
  openTopicReader,
  removeTopics,
  untilDone,
} from './kafka-client.js'
export { type KafkaWriter, type KafkaWritten, openKafkaWriter } from './kafka-writer.js'
export { LINE_FORMATS, type LineFormat, messagesOfText } from './lines.js'
export { type Mapping, type MessageForm, parseMapping } from './mapping.js'
export { createMessageClock, type MessageTimes } from './message-time.js'
export { type MqttOptions, openMqtt } from './mqtt.js'
export {
  type MqttConnection,
  type MqttPublisher,
  type OnTrouble,
  openMqttPublisher,
  safeUrl,
} from './mqtt-client.js'
export type { OnBad } from './source.js'
export { hostTopic, SparkplugReader, sparkplugTopics } from './sparkplug.js'
export { loadSparkplug } from './sparkplug-payload.js'
export { type SourceOptions, streamSource } from './standard-input.js'
export { type TopicPattern, topicPattern } from './topic-pattern.js'
