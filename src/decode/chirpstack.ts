import { isoTime } from '../domain/time.ts';
import type { DecodeContext, Decoded, DecodeInput, Encoded, Format } from './decode.ts';
import { decodeUplink } from './lorawan.ts';
import { isRecord, numberOf, parseJson, shown, timeOf } from './payload.ts';
import { readFields } from './values.ts';

/** ChirpStack v4's MQTT integration, JSON. The device is its DevEUI, which is in the topic. */
export const chirpstack: Format = {
  name: 'chirpstack',
  title: 'ChirpStack v4 events, JSON',
  source: 'https://www.chirpstack.io/docs/chirpstack/integrations/events.html',
  topics: ['application/+/device/+/event/+'],
  decode: decodeChirpstack,
  examples: [
    {
      says: "an uplink that the server's codec has decoded",
      topic: 'application/6f0c5d3e-0000-4000-8000-000000000001/device/70b3d50000000a01/event/up',
      payload:
        '{"time":"2026-01-15T07:15:00.775023242+00:00","deviceInfo":{"devEui":"70b3d50000000a01"},"fPort":5,"data":"AQDiAik=","object":{"temperature":22.6,"humidity":41,"accX":1}}',
      expect: [
        {
          device: '70b3d50000000a01',
          quantity: 'airTemperatureC',
          value: 22.6,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 0, 775),
        },
        {
          device: '70b3d50000000a01',
          quantity: 'relativeHumidityPct',
          value: 41,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 0, 775),
        },
      ],
    },
    {
      says: "an uplink without codec, by the device's model and as the register spells it",
      topic: 'application/6f0c5d3e-0000-4000-8000-000000000001/device/70b3d50000000a01/event/up',
      payload:
        '{"time":"2026-01-15T07:15:00+00:00","deviceInfo":{"devEui":"70b3d50000000a01"},"fPort":5,"data":"AQDiAik="}',
      models: { '70B3D50000000A01': 'elsys-ers' },
      expect: [
        {
          device: '70B3D50000000A01',
          quantity: 'airTemperatureC',
          value: 22.6,
          atMs: Date.UTC(2026, 0, 15, 7, 15),
        },
        {
          device: '70B3D50000000A01',
          quantity: 'relativeHumidityPct',
          value: 41,
          atMs: Date.UTC(2026, 0, 15, 7, 15),
        },
      ],
    },
    {
      says: "the battery of a status event, and nothing of the link's margin",
      topic: 'application/6f0c5d3e-0000-4000-8000-000000000001/device/70b3d50000000a01/event/status',
      payload:
        '{"time":"2026-01-15T07:15:01+00:00","deviceInfo":{"devEui":"70b3d50000000a01"},"margin":10,"batteryLevel":88.3}',
      expect: [
        {
          device: '70b3d50000000a01',
          quantity: 'batteryPct',
          value: 88.3,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 1),
        },
      ],
    },
    {
      says: 'nothing in the other events',
      topic: 'application/6f0c5d3e-0000-4000-8000-000000000001/device/70b3d50000000a01/event/join',
      payload: '{"time":"2026-01-15T07:14:00+00:00","devAddr":"00189440"}',
      expect: [],
    },
  ],
};

export type ChirpstackUplink = {
  /** DevEUI. */
  readonly device: string;
  readonly atMs: number;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** What a codec in the server made of the bytes. */
  readonly object?: Readonly<Record<string, unknown>>;
};

/** The packet of an `up` event that {@link chirpstack} reads. */
export function encodeChirpstackUplink({ device, atMs, port, bytes, object }: ChirpstackUplink): Encoded {
  const applicationId = '6f0c5d3e-0000-4000-8000-000000000001';
  const event = {
    time: isoTime(atMs).replace('Z', '+00:00'),
    deviceInfo: { applicationId, devEui: device },
    fPort: port,
    data: Buffer.from(bytes).toString('base64'),
    object,
  };
  return {
    topic: `application/${applicationId}/device/${device}/event/up`,
    payload: Buffer.from(JSON.stringify(event)),
  };
}

function decodeChirpstack({ topic, payload, receivedAtMs }: DecodeInput, context: DecodeContext): Decoded {
  const [, , , devEui = '', , event] = topic.split('/');
  if (event !== 'up' && event !== 'status') return { measurements: [], problems: [] };
  const device = context.deviceId([devEui]) ?? devEui;
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value) || !isRecord(parsed.value.deviceInfo)) {
    const why = parsed.ok ? 'no "deviceInfo"' : parsed.detail;
    const detail = `${why}: an event in JSON is wanted (ChirpStack's [integration.mqtt] json=true)`;
    return { measurements: [], problems: [{ code: 'malformed-payload', detail, device }] };
  }
  if (event === 'status') return decodeStatus(parsed.value, device);
  const { time, fPort, data, object } = parsed.value;
  const uplink = { devices: [devEui], time, port: fPort, data, fields: readFields(object) } as const;
  return decodeUplink(uplink, receivedAtMs, context);
}

/** A device on mains power, or one that cannot measure its battery, says so instead of a level. */
function decodeStatus(event: Record<string, unknown>, device: string): Decoded {
  const at = timeOf(event.time);
  if (!at) {
    const detail = `${shown(event.time)} is not ISO 8601 with offset`;
    return { measurements: [], problems: [{ code: 'invalid-time', detail, device }] };
  }
  const level = numberOf(event.batteryLevel);
  const isUnknown = event.externalPowerSource === true || event.batteryLevelUnavailable === true;
  const measurements =
    level === undefined || isUnknown
      ? []
      : [{ device, quantity: 'batteryPct' as const, value: level, ...at }];
  return { measurements, problems: [] };
}
