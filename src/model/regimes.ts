/** What a model says of one regime. */
export interface RegimeFacts {
  /** Of the calibration samples. */
  readonly share: number
  readonly samples: number
  /** Raw score that becomes 1.0 in it. */
  readonly level: number
  /** Readings in the channels that tell it apart. */
  readonly typical: Readonly<Record<string, number>>
}
