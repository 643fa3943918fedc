import { isoTime } from '../domain/time.ts';
import type { DecodeContext, Decoded, DecodeInput, Encoded, Format, Uplink } from './decode.ts';
import { decodeUplink } from './lorawan.ts';
import { isRecord, numberOf, parseJson, recordOf, textOf, timeOf } from './payload.ts';
import { gatewayOf, objectOf, signalCarried, signalOf } from './signal.ts';
import { type FieldValue, type FieldValues, readFields, readNormalized } from './values.ts';

/** The Things Stack v3's MQTT server. The device is its DevEUI, or the device id that its owner chose. */
export const thingsStack: Format = {
  name: 'things-stack',
  title: 'The Things Stack v3 messages',
  source: 'https://www.thethingsindustries.com/docs/integrations/data-formats/',
  topics: ['v3/+/devices/+/#'],
  decode: decodeThingsStack,
  encode: encodeThingsStack,
  carries: [...signalCarried, { quantity: 'batteryPct', step: 0.1, min: 0, max: 100 }],
  handsOnBytes: true,
  examples: [
    {
      says: 'an uplink that a payload formatter has decoded',
      topic: 'v3/housing@tenant/devices/stairwell-2/up',
      payload:
        '{"end_device_ids":{"device_id":"stairwell-2","dev_eui":"70B3D50000000B02"},"received_at":"2026-01-15T07:15:46.014773143Z","uplink_message":{"f_port":1,"frm_payload":"gkHe","decoded_payload":{"temperature":1.5,"luminosity":0.64},"rx_metadata":[{"gateway_ids":{"gateway_id":"gtw1"},"time":"2026-01-15T07:15:45.787Z","rssi":-35,"channel_rssi":-35,"snr":5}],"last_battery_percentage":{"f_cnt":7,"value":88.3,"received_at":"2026-01-15T06:00:00Z"},"received_at":"2026-01-15T07:15:45.789585559Z"}}',
      timeFrom: 'server',
      expect: [
        {
          device: '70B3D50000000B02',
          quantity: 'airTemperatureC',
          value: 1.5,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 45, 789),
        },
        {
          device: '70B3D50000000B02',
          quantity: 'rssiDbm',
          value: -35,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 45, 789),
        },
        {
          device: '70B3D50000000B02',
          quantity: 'snrDb',
          value: 5,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 45, 789),
        },
        { device: '70B3D50000000B02', quantity: 'batteryPct', value: 88.3, atMs: Date.UTC(2026, 0, 15, 6) },
      ],
    },
    {
      says: 'a normalised payload before the decoded one',
      topic: 'v3/housing@tenant/devices/stairwell-2/up',
      payload:
        '{"end_device_ids":{"device_id":"stairwell-2","dev_eui":"70B3D50000000B02"},"uplink_message":{"f_port":1,"decoded_payload":{"temperature":22,"battery":92},"normalized_payload":[{"time":"2026-01-15T07:00:00Z","air":{"temperature":22.6,"pressure":1013.25}}],"received_at":"2026-01-15T07:15:45Z"}}',
      expect: [
        {
          device: '70B3D50000000B02',
          quantity: 'airTemperatureC',
          value: 22.6,
          atMs: Date.UTC(2026, 0, 15, 7),
        },
        {
          device: '70B3D50000000B02',
          quantity: 'airPressurePa',
          value: 101_325,
          atMs: Date.UTC(2026, 0, 15, 7),
        },
        {
          device: '70B3D50000000B02',
          quantity: 'batteryPct',
          value: 92,
          atMs: Date.UTC(2026, 0, 15, 7, 15, 45),
        },
      ],
    },
    {
      says: 'an uplink without payload formatter, of a device that is registered by its device id',
      topic: 'v3/housing@tenant/devices/bin-7/up',
      payload:
        '{"end_device_ids":{"device_id":"bin-7","dev_eui":"70B3D50000000B07"},"received_at":"2026-01-15T07:15:46Z","uplink_message":{"f_port":85,"frm_payload":"AXVcBIJECA=="}}',
      models: { 'Bin-7': 'Milesight EM400-MUD' },
      expect: [
        { device: 'Bin-7', quantity: 'batteryPct', value: 92, atMs: Date.UTC(2026, 0, 15, 7, 15, 46) },
        { device: 'Bin-7', quantity: 'distanceMm', value: 2116, atMs: Date.UTC(2026, 0, 15, 7, 15, 46) },
      ],
    },
    {
      says: 'nothing in the other messages',
      topic: 'v3/housing@tenant/devices/bin-7/down/queued',
      payload: '{"end_device_ids":{"device_id":"bin-7"},"downlink_queued":{"f_port":85}}',
      expect: [],
    },
  ],
};

/** One uplink message; the device id is what the console proposes for an EUI. */
function encodeThingsStack({ device, atMs, values, raw }: Uplink): readonly Encoded[] {
  const deviceId = `eui-${device.toLowerCase()}`;
  const received = atMs === undefined ? {} : { received_at: isoTime(atMs) };
  const heard = gatewayOf(values);
  const object = objectOf(values);
  const battery = values.find(({ quantity }) => quantity === 'batteryPct')?.value;
  const message = {
    end_device_ids: {
      device_id: deviceId,
      application_ids: { application_id: 'kvarter' },
      dev_eui: device,
    },
    ...received,
    uplink_message: {
      ...(raw && { f_port: raw.port, frm_payload: Buffer.from(raw.bytes).toString('base64') }),
      ...(object && { decoded_payload: object }),
      ...(heard.length > 0 && { rx_metadata: heard }),
      ...(battery !== undefined && { last_battery_percentage: { value: battery, ...received } }),
      ...received,
    },
  };
  const payload = Buffer.from(JSON.stringify(message));
  return [{ topic: `v3/kvarter@exempelhem/devices/${deviceId}/up`, payload }];
}

function decodeThingsStack({ topic, payload, receivedAtMs }: DecodeInput, context: DecodeContext): Decoded {
  const [, , , topicDevice = '', ...kind] = topic.split('/');
  if (kind.join('/') !== 'up') return { measurements: [], problems: [] };
  const parsed = parseJson(payload);
  if (!parsed.ok || !isRecord(parsed.value) || !isRecord(parsed.value.uplink_message)) {
    const detail = parsed.ok ? 'no "uplink_message"' : parsed.detail;
    const device = context.deviceId([topicDevice]) ?? topicDevice;
    return { measurements: [], problems: [{ code: 'malformed-payload', detail, device }] };
  }
  const { uplink_message: message, received_at: handedOnAt } = parsed.value;
  const ids = recordOf(parsed.value.end_device_ids);
  const deviceId = textOf(ids.device_id) ?? topicDevice;
  const eui = textOf(ids.dev_eui);
  return decodeUplink(
    {
      devices: eui === undefined ? [deviceId] : [eui, deviceId],
      times: [
        { from: 'server', time: message.received_at },
        { from: 'server', time: handedOnAt },
        { from: 'gateway', time: gatewayTime(message.rx_metadata) },
      ],
      port: message.f_port,
      data: message.frm_payload,
      fields: decodedFields(message),
      health: [...signalOf(message.rx_metadata), ...batteryOf(message.last_battery_percentage)],
    },
    receivedAtMs,
    context,
  );
}

function gatewayTime(gateways: unknown): unknown {
  const times = Array.isArray(gateways) ? gateways.map((gateway) => recordOf(gateway).time) : [];
  return times.find((time) => time !== undefined && time !== null);
}

/** What the device last answered when the network asked for its status: said again with each uplink, at its own time. */
function batteryOf(status: unknown): readonly FieldValue[] {
  const { value, received_at: time } = recordOf(status);
  const level = numberOf(value);
  const at = timeOf(time);
  return level === undefined || !at ? [] : [{ quantity: 'batteryPct', value: level, ...at }];
}

/** The normalised payload, whose units are certain, and what only the decoded one has. */
function decodedFields(message: Record<string, unknown>): FieldValues {
  const normalized = readNormalized(message.normalized_payload);
  const decoded = readFields(message.decoded_payload);
  const taken = new Set(normalized.values.map(({ quantity }) => quantity));
  const rest = decoded.values.filter(({ quantity }) => !taken.has(quantity));
  return {
    values: [...normalized.values, ...rest],
    problems: [...normalized.problems, ...decoded.problems],
    unread: decoded.unread,
  };
}
