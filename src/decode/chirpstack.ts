import type { Quantity } from '../domain/quantity.ts';
import { isoTime } from '../domain/time.ts';
import type { DecodeContext, Decoded, DecodeInput, Encoded, Format, Uplink } from './decode.ts';
import { decodeUplink, type ServerUplink } from './lorawan.ts';
import { isRecord, numberOf, parseJson, recordOf, shown, textOf, timeOf } from './payload.ts';
import { gatewayOf, objectOf, signalCarried, signalOf } from './signal.ts';
import { readFields } from './values.ts';

/** ChirpStack v4's MQTT integration, JSON. The device is its DevEUI, which is in the topic. */
export const chirpstack: Format = {
  name: 'chirpstack',
  title: 'ChirpStack v4 events, JSON',
  source: 'https://www.chirpstack.io/docs/chirpstack/integrations/events.html',
  topics: ['application/+/device/+/event/+'],
  decode: decodeChirpstack,
  encode: encodeChirpstack,
  carries: [...signalCarried, { quantity: 'batteryPct', step: 0.1, min: 0, max: 100 }],
  handsOnBytes: true,
  examples: [
    {
      says: "an uplink that the server's codec has decoded",
      topic: 'application/6f0c5d3e-0000-4000-8000-000000000001/device/70b3d50000000a01/event/up',
      payload:
        '{"time":"2026-01-15T07:15:00.775023242+00:00","deviceInfo":{"devEui":"70b3d50000000a01"},"fPort":5,"data":"AQDiAik=","object":{"temperature":22.6,"humidity":41,"accX":1},"rxInfo":[{"gatewayId":"0016c001f153a14c","uplinkId":4217106255,"rssi":-36,"snr":10.5}]}',
      timeFrom: 'server',
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
        {
          device: '70b3d50000000a01',
          quantity: 'rssiDbm',
          value: -36,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 0, 775),
        },
        {
          device: '70b3d50000000a01',
          quantity: 'snrDb',
          value: 10.5,
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
      says: 'a log event of a device whose key was refused',
      topic: 'application/6f0c5d3e-0000-4000-8000-000000000001/device/70b3d50000000a01/event/log',
      payload:
        '{"time":"2026-01-15T07:15:01+00:00","deviceInfo":{"devEui":"70b3d50000000a01"},"level":"ERROR","code":"UPLINK_MIC","description":"MIC of uplink frame is invalid, make sure keys are correct","context":{"deduplication_id":"c9dbe358"}}',
      expect: [
        {
          device: '70b3d50000000a01',
          quantity: 'linkError',
          value: 1,
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

/** An `up` event for what the device says and how it was heard, a `status` event for the battery. */
function encodeChirpstack({ device, atMs, values, raw }: Uplink): readonly Encoded[] {
  const applicationId = '6f0c5d3e-0000-4000-8000-000000000001';
  const common = {
    ...(atMs === undefined ? {} : { time: isoTime(atMs).replace('Z', '+00:00') }),
    deviceInfo: { applicationId, devEui: device },
  };
  const packet = (event: string, body: object) => ({
    topic: `application/${applicationId}/device/${device}/event/${event}`,
    payload: Buffer.from(JSON.stringify({ ...common, ...body })),
  });
  const rxInfo = gatewayOf(values);
  const object = objectOf(values);
  const bytes = raw && { fPort: raw.port, data: Buffer.from(raw.bytes).toString('base64') };
  const hasUp = raw !== undefined || object !== undefined || rxInfo.length > 0;
  const up = { ...bytes, ...(object && { object }), ...(rxInfo.length > 0 && { rxInfo }) };
  const batteryLevel = values.find(({ quantity }) => quantity === 'batteryPct')?.value;
  return [
    ...(hasUp ? [packet('up', up)] : []),
    ...(batteryLevel === undefined ? [] : [packet('status', { margin: 10, batteryLevel })]),
  ];
}

function decodeChirpstack({ topic, payload, receivedAtMs }: DecodeInput, context: DecodeContext): Decoded {
  const [, , , devEui = '', , event] = topic.split('/');
  if (event !== 'up' && event !== 'status' && event !== 'log') return { measurements: [], problems: [] };
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value) || !isRecord(parsed.value.deviceInfo)) {
    const why = parsed.ok ? 'no "deviceInfo"' : parsed.detail;
    const detail = `${why}: an event in JSON is wanted (ChirpStack's [integration.mqtt] json=true)`;
    const device = context.deviceId([devEui]) ?? devEui;
    return { measurements: [], problems: [{ code: 'malformed-payload', detail, device }] };
  }
  if (event !== 'up') {
    const device = context.deviceId([devEui]) ?? devEui;
    return event === 'log' ? decodeLog(parsed.value, device) : decodeStatus(parsed.value, device);
  }
  const { time, fPort, data, object, rxInfo } = parsed.value;
  return decodeUplink(
    {
      devices: [devEui],
      times: [{ from: 'server', time }, ...gatewayTimes(rxInfo)],
      port: fPort,
      data,
      fields: readFields(object),
      health: signalOf(rxInfo),
    },
    receivedAtMs,
    context,
  );
}

/** When the first gateway's packet came to the server, and when the gateway heard it. */
function gatewayTimes(rxInfo: unknown): ServerUplink['times'] {
  const { nsTime, gwTime } = recordOf(Array.isArray(rxInfo) ? rxInfo[0] : undefined);
  return [
    { from: 'server', time: nsTime },
    { from: 'gateway', time: gwTime },
  ];
}

/** A device on mains power, or one that cannot measure its battery, says so instead of a level. */
function decodeStatus(event: Record<string, unknown>, device: string): Decoded {
  const level = numberOf(event.batteryLevel);
  const isUnknown = event.externalPowerSource === true || event.batteryLevelUnavailable === true;
  return atEventTime(event, device, level === undefined || isUnknown ? [] : [['batteryPct', level]]);
}

/**
 * What the server could not take from the device: a key that is not the device's (`UPLINK_MIC`), a frame counter that
 * went back. A codec that failed is no fault of the device's: it is a problem to be seen to in the server.
 */
function decodeLog(event: Record<string, unknown>, device: string): Decoded {
  const code = textOf(event.code) ?? '';
  if (code === 'UPLINK_CODEC') {
    const detail = `the server's codec failed: ${shown(event.description)}`;
    return { measurements: [], problems: [{ code: 'malformed-payload', detail, device }] };
  }
  return atEventTime(event, device, linkErrors.has(code) ? [['linkError', 1]] : []);
}

const linkErrors = new Set(['UPLINK_MIC', 'UPLINK_F_CNT_RESET', 'UPLINK_F_CNT_RETRANSMISSION', 'OTAA']);

function atEventTime(
  event: Record<string, unknown>,
  device: string,
  values: readonly (readonly [Quantity, number])[],
): Decoded {
  const at = timeOf(event.time);
  if (!at) {
    const detail = `${shown(event.time)} is not ISO 8601 with offset`;
    return { measurements: [], problems: [{ code: 'invalid-time', detail, device }] };
  }
  const measurements = values.map(([quantity, value]) => ({ device, quantity, value, ...at }));
  if (measurements.length === 0) return { measurements, problems: [] };
  return { measurements, problems: [], timeFrom: at.atMs === undefined ? 'arrival' : 'server' };
}
