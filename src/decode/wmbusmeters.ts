import type { Quantity } from '../domain/quantity.ts';
import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { Gathered, refused } from './gathered.ts';
import { isRecord, numberOf, parseJson, shown, textOf, timeOf } from './payload.ts';
import { convert } from './units.ts';
import { carries, encodeWmbusmeters } from './wmbusmeters-encode.ts';
import { type Medium, meaningOf, mediumOf } from './wmbusmeters-fields.ts';
import { claimsOf, statusQuantities, waterStatusQuantities } from './wmbusmeters-status.ts';

const at = { atMs: Date.UTC(2026, 0, 15, 7, 15) };
const none = (device: string, quantities: readonly Quantity[]) =>
  quantities.map((quantity) => ({ device, quantity, value: 0 }));

/**
 * wmbusmeters: a telegram of a wireless or wired M-Bus meter as JSON, published by the user's own shell command.
 *
 * A field's name and the unit at its end are read together (`total_energy_consumption_kwh`), and mean something only in
 * the medium that the telegram names; what is about another time (`target_m3`, `max_…`, `…_at_date_…`) is left out.
 */
export const wmbusmeters: Format = {
  name: 'wmbusmeters',
  title: 'wmbusmeters: wireless and wired M-Bus meters, JSON',
  source: 'https://github.com/wmbusmeters/wmbusmeters',
  topics: ['wmbusmeters/+'],
  recognises: (payload) => readTelegram(payload) !== undefined,
  decode: decodeWmbusmeters,
  encode: encodeWmbusmeters,
  carries,
  usualMinutes: 5,
  unconfirmed: [
    'the words of status texts beyond those in its documentation and test data: an unknown one is an alarm',
    'field names of drivers other than those in its test data',
  ],
  examples: [
    {
      says: 'a room sensor that reports a fault and an opened enclosure; the test clock is no time',
      topic: 'wmbusmeters/00010203',
      payload:
        '{"_":"telegram","media":"room sensor","meter":"lansenth","name":"Tempoo","id":"00010203","status":"PERMANENT_ERROR SABOTAGE_ENCLOSURE","current_temperature_c":21.8,"current_relative_humidity_rh":43,"average_temperature_1h_c":21.79,"average_relative_humidity_1h_rh":43,"average_temperature_24h_c":21.97,"average_relative_humidity_24h_rh":42.5,"timestamp":"1111-11-11T11:11:11Z"}',
      expect: [
        { device: '00010203', quantity: 'airTemperatureC', value: 21.8 },
        { device: '00010203', quantity: 'relativeHumidityPct', value: 43 },
        { device: '00010203', quantity: 'batteryLow', value: 0 },
        { device: '00010203', quantity: 'sensorError', value: 1 },
        { device: '00010203', quantity: 'tampered', value: 1 },
        { device: '00010203', quantity: 'alarm', value: 0 },
      ],
      timeFrom: 'arrival',
    },
    {
      says: 'a heat meter, on a topic of its own',
      topic: 'undercentral/heat',
      payload:
        '{"_":"telegram","forward_energy_m3c":148532,"id":"77447744","media":"heat","meter":"kamheat","name":"MyKamHeat","return_energy_m3c":118520,"status":"OK","t1_temperature_c":64.6,"t2_temperature_c":45.16,"total_energy_consumption_kwh":34510,"total_volume_m3":2232.49,"volume_flow_m3h":0.527,"operating_time_h":43489.183333,"timestamp":"1111-11-11T11:11:11Z"}',
      expect: [
        { device: '77447744', quantity: 'supplyTemperatureC', value: 64.6 },
        { device: '77447744', quantity: 'returnTemperatureC', value: 45.16 },
        { device: '77447744', quantity: 'heatEnergyWh', value: 34_510_000 },
        { device: '77447744', quantity: 'heatVolumeL', value: 2_232_490 },
        { device: '77447744', quantity: 'flowLph', value: 527 },
        { device: '77447744', quantity: 'operatingTimeH', value: 43_489.183333 },
        ...none('77447744', statusQuantities),
      ],
    },
    {
      says: 'a meter of heat and cooling while it cools',
      topic: 'undercentral/heat',
      payload:
        '{"_":"telegram","media":"heat/cooling load","meter":"qualcosonic","name":"qualco","id":"03016408","total_m3":398.773,"flow_temperature_c":7.04,"return_temperature_c":13.24,"flow_return_temperature_difference_c":-6.2,"volume_flow_m3h":0.515,"status":"OK","total_cooling_energy_kwh":220,"power_kw":-3.706,"timestamp":"1111-11-11T11:11:11Z"}',
      expect: [
        { device: '03016408', quantity: 'heatVolumeL', value: 398_773 },
        { device: '03016408', quantity: 'supplyTemperatureC', value: 7.04 },
        { device: '03016408', quantity: 'returnTemperatureC', value: 13.24 },
        { device: '03016408', quantity: 'flowLph', value: 515 },
        { device: '03016408', quantity: 'coolingEnergyWh', value: 220_000 },
        { device: '03016408', quantity: 'heatPowerW', value: -3706 },
        ...none('03016408', statusQuantities),
      ],
    },
    {
      says: 'an older telegram without marker, its numbers quoted, at the time that the gateway heard it',
      topic: 'meters/22222222',
      payload:
        '{"media":"heat","meter":"multical302","name":"MyHeater","id":"22222222","total_kwh":"0.000","total_volume_m3":"1.250","current_kw":"0.000","timestamp":"2026-01-15T07:15:00Z"}',
      expect: [
        { device: '22222222', quantity: 'heatEnergyWh', value: 0, ...at },
        { device: '22222222', quantity: 'heatVolumeL', value: 1250, ...at },
        { device: '22222222', quantity: 'heatPowerW', value: 0, ...at },
      ],
      timeFrom: 'gateway',
    },
    {
      says: 'a water meter that has run dry; only the total of now counts',
      topic: 'wmbusmeters/76348799',
      payload:
        '{"_":"telegram","media":"cold water","driver":"kamwater","name":"Water","id":"76348799","min_external_temperature_last_month_c":19,"min_flow_temperature_last_month_c":127,"target_m3":6.4,"total_m3":6.408,"status":"DRY","time_bursting":"","time_dry":"22-31 days","timestamp":"2026-01-15T07:15:00Z"}',
      expect: [
        { device: '76348799', quantity: 'waterVolumeL', value: 6408, ...at },
        ...none('76348799', [...statusQuantities, 'leaking', 'burst']).map((one) => ({ ...one, ...at })),
        { device: '76348799', quantity: 'dry', value: 1, ...at },
        ...none('76348799', ['reverseFlow', 'frost']).map((one) => ({ ...one, ...at })),
      ],
    },
    {
      says: 'an electricity meter: power is what comes in less what goes out, and phases stand beside the whole',
      topic: 'wmbusmeters/22992299',
      payload:
        '{"_":"telegram","media":"electricity","meter":"ebzwmbe","name":"Elen1","id":"22992299","total_energy_consumption_kwh":2816.304,"current_power_consumption_phase1_kw":0.09471,"current_power_consumption_kw":0.21679,"current_power_production_kw":1.5,"total_energy_production_kwh":7.48,"voltage_at_phase_1_v":236,"voltage_at_phase_2_v":null,"customer":"654321","timestamp":"2026-01-15T07:15:00Z"}',
      expect: [
        { device: '22992299', quantity: 'activeEnergyWh', value: 2_816_304, ...at },
        { device: '22992299', quantity: 'phasePowerW', channel: 'L1', value: 94.71, ...at },
        { device: '22992299', quantity: 'exportedEnergyWh', value: 7480, ...at },
        { device: '22992299', quantity: 'voltageV', channel: 'L1', value: 236, ...at },
        { device: '22992299', quantity: 'activePowerW', value: -1283.21, ...at },
      ],
    },
  ],
};

function decodeWmbusmeters({ topic, payload }: DecodeInput, context: DecodeContext): Decoded {
  const telegram = readTelegram(payload);
  if (!telegram) return refused('malformed-payload', `${topic} holds no telegram of wmbusmeters`);
  const { fields, id, medium } = telegram;
  const name = textOf(fields.name);
  const device = context.deviceId(name === undefined ? [id] : [id, name]) ?? id;
  const time = timeOf(fields.timestamp);
  if (!time)
    return refused(
      'invalid-time',
      `timestamp ${shown(fields.timestamp)} is not ISO 8601 with offset`,
      device,
    );
  const gathered = new Gathered(device, time.atMs, 'gateway');
  let netW: number | undefined;
  for (const field of Object.keys(fields)) {
    const meaning = meaningOf(medium, field);
    const given = fields[field];
    if (!meaning || given === null || given === undefined) continue;
    const number = numberOf(given);
    if (number === undefined) {
      gathered.wrong('impossible-value', `${field} ${shown(given)} is not a number`);
      continue;
    }
    const { quantity, channel, conversion, isOut } = meaning;
    const value = convert(number, conversion);
    if (quantity === 'activePowerW') netW = (netW ?? 0) + (isOut ? -value : value);
    else if (!isPlaceholder(quantity, value)) gathered.add(quantity, value, channel);
  }
  gathered.add('activePowerW', netW);
  addStatus(gathered, telegram);
  return gathered.decoded;
}

/** 127 °C is what a water meter says that cannot tell, and some radios write a level of their own scale as dBm. */
function isPlaceholder(quantity: Quantity, value: number): boolean {
  if (quantity === 'hotWaterTemperatureC') return value === 127;
  return quantity === 'rssiDbm' && value >= 0;
}

/** `status` says it all; older drivers have `current_status`, error flags or alarms. No text at all: OK. */
function addStatus(gathered: Gathered, { fields, medium }: Telegram): void {
  const texts = [fields.status ?? fields.current_status, fields.error_flags, fields.current_alarms];
  const said = texts.filter((text) => typeof text === 'string');
  if (said.length === 0) return;
  const claims = claimsOf(said.join(' '));
  const isWater = medium === 'water' || medium === 'warm water';
  for (const quantity of statusQuantities) gathered.add(quantity, claims.has(quantity) ? 1 : 0);
  for (const quantity of waterStatusQuantities) {
    if (isWater || claims.has(quantity)) gathered.add(quantity, claims.has(quantity) ? 1 : 0);
  }
  if (claims.has('open') || said.includes('CLOSED')) gathered.add('open', claims.has('open') ? 1 : 0);
}

type Telegram = {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly id: string;
  readonly medium: Medium;
};

/** Marked as a telegram, or with everything that one had before there were marks. */
function readTelegram(payload: Uint8Array): Telegram | undefined {
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const fields = parsed.value;
  const [id, media] = [textOf(fields.id), textOf(fields.media)];
  if (id === undefined || media === undefined) return undefined;
  const isOld =
    textOf(fields.meter ?? fields.driver) !== undefined && 'timestamp' in fields && 'name' in fields;
  return fields._ === 'telegram' || isOld ? { fields, id, medium: mediumOf(media) } : undefined;
}
