import type { Discomfort } from '../../comfort/flat-state.ts';

/** What is said of each: of a flat, of many, what to do first, and what when most flats have it. */
export const texts: Readonly<Record<Discomfort, { says: string; many: string; todo: string; all: string }>> =
  {
    cold: {
      says: 'is too cold',
      many: 'are too cold',
      todo: 'Measure in the room, then look at the radiators (warm above and below? bleed them, free the valve) and for draught.',
      all: 'Look at the plant first: supply temperature, pump, and the heating curve.',
    },
    behind: {
      says: 'has become colder than its neighbours',
      many: 'have become colder',
      todo: 'Feel its radiators: cold ones mean a valve that sticks, air, or a closed riser; warm ones mean a window or draught. Ask whether somebody turned them down. If it is not cold there, the thermometer is wrong or was moved.',
      all: 'Look at the plant first: supply temperature, pump, and the heating curve.',
    },
    warm: {
      says: 'is too warm',
      many: 'are too warm',
      todo: 'See whether the radiator heats although its thermostat is closed (a stuck valve); in summer, shade and air at night.',
      all: 'In the heating season lower the heating curve; in summer see that the heating is off, shade, and air at night.',
    },
    dry: {
      says: 'has drier air than the weather explains',
      many: 'have drier air than the weather explains',
      todo: 'Compare with a second instrument: more often the sensor is wrong than the air.',
      all: 'See whether the ventilation runs faster than it was set to.',
    },
    damp: {
      says: 'has damp air',
      many: 'have damp air',
      todo: 'See whether the exhaust air flows (paper on the grille), and for drying laundry, a leak or cold walls.',
      all: 'See whether the ventilation runs, and whether the weather is damp and warm.',
    },
    stale: {
      says: 'gets too little fresh air',
      many: 'get too little fresh air',
      todo: 'See whether the exhaust air flows and the fresh-air inlets are open; ask how many live there.',
      all: 'See whether the ventilation runs at its set speed and its filters are clean.',
    },
    window: {
      says: 'cools faster than a closed room can',
      many: 'cool faster than closed rooms can',
      todo: 'A window or door stands open: ask the residents to close it, and look at the flat when nobody answers.',
      all: 'Many doors or windows stand open, or the ventilation blows cold air: see whether its heater works.',
    },
    heatingLost: {
      says: 'cools as if it were not heated',
      many: 'cool as if they were not heated',
      todo: 'Feel the radiators: are they cold while those of the neighbours are warm, it is the valve or the riser.',
      all: 'Look at the plant now: pump, supply temperature, district-heating valve, fuses.',
    },
  };
