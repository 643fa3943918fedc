/** The statuses that people are told of. `online` is the rule stale's; `open` and `occupied` are no faults. */
export const statusQuantities = [
  'leaking',
  'burst',
  'waterDetected',
  'frost',
  'alarm',
  'reverseFlow',
  'dry',
  'tampered',
  'tilted',
  'sensorError',
  'linkError',
  'batteryLow',
] as const;
export type StatusQuantity = (typeof statusQuantities)[number];

/** What it is, and what to do first. */
export const statusTexts: Readonly<Record<StatusQuantity, { readonly says: string; readonly todo: string }>> =
  {
    leaking: {
      says: 'Water runs without a pause, says the meter',
      todo: 'Look for a running toilet, a dripping tap or a leak behind the meter; close its valve if water is seen.',
    },
    burst: {
      says: 'Burst pipe, says the meter',
      todo: 'Close the main valve behind the meter now, then look for the water.',
    },
    waterDetected: {
      says: 'Water on the floor',
      todo: 'Go and look: close the water, and dry before it reaches the construction.',
    },
    frost: {
      says: 'Close to freezing, says the meter',
      todo: 'Heat the room or let the water run a little: a frozen pipe bursts when it thaws.',
    },
    alarm: {
      says: 'The device gives an alarm',
      todo: 'Go and look; what the alarm is for stands in the device’s settings.',
    },
    reverseFlow: {
      says: 'Flow runs backwards, says the meter',
      todo: 'See whether the meter is mounted the wrong way round or a check valve does not close.',
    },
    dry: {
      says: 'No water in the meter',
      todo: 'See whether the water has been shut off, or air has come into the pipe: it does not measure meanwhile.',
    },
    tampered: {
      says: 'Opened, moved or held to a magnet',
      todo: 'See whether somebody has been at the device; until then its values are not to be trusted.',
    },
    tilted: {
      says: 'Lies on its side or stands askew',
      todo: 'Set it upright: what it measures counts for nothing meanwhile.',
    },
    sensorError: {
      says: 'The sensor is faulty, says the device',
      todo: 'Its values are missing or wrong: restart it, look at its cable, then have it exchanged.',
    },
    linkError: {
      says: 'The network refuses the device’s packets',
      todo: 'Its key or frame counter is not what the network server knows: have it join again.',
    },
    batteryLow: {
      says: 'Battery low, says the device',
      todo: 'Exchange the battery within weeks; the device falls silent without one.',
    },
  };
