/** What a stream says by a reason; those of a message that cannot be read come with a detail of their own. */
const DETAILS: Readonly<Record<string, string>> = {
  'no-channel': 'no field is a channel of the model',
  late: 'it is older than samples that have a score already',
  duplicate: 'there is a reading of this time already',
  future: 'its time is more than 24 h ahead of the clock of the server',
  'unknown-device': 'the model has none of this device',
  'too-many-devices': 'the stream takes no more devices',
}

export const refusalDetail = (reason: string): string => DETAILS[reason] ?? reason
