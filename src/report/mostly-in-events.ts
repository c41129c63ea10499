import type { AnomalyEvent } from '../core/contracts.js'

/** Whether events take more than half of the scored samples: then they are no faults in normal operation, the operation is another one, or the fault has long been there. */
export const isMostlyInEvents = (
  events: readonly Pick<AnomalyEvent, 'start' | 'end'>[],
  { scored }: { readonly scored: number },
): boolean => 2 * events.reduce((sum, { start, end }) => sum + end - start, 0) > scored

export const MOSTLY_IN_EVENTS =
  'events last for more than half of the scored samples: most of the data differ from the history. If the machine is well, its operation has changed: `telltale drift check` names the channels, and `telltale train` on a history with this operation learns it'
