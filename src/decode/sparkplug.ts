import type { Measurement } from '../domain/reading.ts';
import type { DecodeContext, Decoded, DecodeInput, Format, Problem, Request } from './decode.ts';
import { everyQuantity } from './every-quantity.ts';
import { listed } from './payload.ts';
import {
  devicesOf,
  type Edge,
  learnNames,
  namesOf,
  readEdge,
  setDevices,
  splitNode,
  writeEdge,
} from './sparkplug-edge.ts';
import { encodeSparkplug } from './sparkplug-encode.ts';
import {
  BOOLEAN,
  DOUBLE,
  readSparkplug,
  type SparkplugPayload,
  writeSparkplug,
} from './sparkplug-payload.ts';
import { timeOf, valuesOf } from './sparkplug-values.ts';

const born = Date.UTC(2026, 0, 15, 7, 15);

/**
 * Sparkplug B. What a metric is called stands in births; data may say its alias alone, so births are remembered. A
 * packet that is missing (by its sequence number), or an alias without a birth, asks the node to be born again.
 */
export const sparkplug: Format = {
  name: 'sparkplug',
  title: 'Sparkplug B, protobuf',
  source: 'https://sparkplug.eclipse.org/specification/',
  topics: ['spBv1.0/#'],
  remembers: true,
  decode: decodeSparkplug,
  encode: encodeSparkplug,
  carries: everyQuantity,
  examples: [
    {
      says: "a node's data under full names, with a unit at a name's end",
      topic: 'spBv1.0/houses/NDATA/gateway-3',
      payload: Buffer.from(
        '0880d095ffbc3112260a12696e646f6f722f74656d70657261747572651880d095ffbc31200a693333333333b33540121e0a0a656e657267792f6b77681880d095ffbc31200a69a01a2fdd6416ba401802',
        'hex',
      ),
      expect: [
        { device: 'houses/gateway-3', quantity: 'airTemperatureC', value: 21.7, atMs: 1_700_000_000_000 },
        { device: 'houses/gateway-3', quantity: 'activeEnergyWh', value: 6_678_394, atMs: 1_700_000_000_000 },
      ],
      timeFrom: 'device',
    },
    {
      says: "the birth of a node's device: it is online, and its values are there",
      topic: 'spBv1.0/houses/DBIRTH/gateway-3/meter-1',
      payload: writeSparkplug(
        [
          { name: 'Power', alias: 1, datatype: DOUBLE, value: 1500 },
          { name: 'Hall/Open', alias: 2, datatype: BOOLEAN, value: true },
          { name: 'CO2', alias: 3, datatype: DOUBLE },
        ],
        { atMs: born, seq: 1 },
      ),
      models: { 'meter-1': 'sparkplug' },
      expect: [
        { device: 'meter-1', quantity: 'online', value: 1, atMs: born },
        { device: 'meter-1', quantity: 'activePowerW', value: 1500, atMs: born },
        { device: 'meter-1', quantity: 'open', channel: 'Hall', value: 1, atMs: born },
      ],
      timeFrom: 'device',
    },
    {
      says: 'nothing in commands',
      topic: 'spBv1.0/houses/NCMD/gateway-3',
      payload: writeSparkplug([{ name: 'Node Control/Rebirth', datatype: BOOLEAN, value: true }], {
        atMs: born,
      }),
      expect: [],
    },
  ],
};

const TYPES = ['NBIRTH', 'DBIRTH', 'NDATA', 'DDATA', 'NDEATH', 'DDEATH'];
/** A node is asked to be born again at most this often. */
const ASK_EVERY_MS = 60_000;
const NEVER_BORN: Edge = { bornAtMs: 0, birth: undefined, seq: 0, askedAtMs: 0 };

function decodeSparkplug(input: DecodeInput, context: DecodeContext): Decoded {
  const [, group = '', type = '', edgeNode = '', device, ...more] = input.topic.split('/');
  const isOfDevice = type.startsWith('D');
  if (!TYPES.includes(type)) return { measurements: [], problems: [] };
  if (edgeNode === '' || more.length > 0 || isOfDevice !== (device !== undefined)) {
    return refused('a Sparkplug topic is spBv1.0/group/type/node[/device]', undefined);
  }
  const node = `${group}/${edgeNode}`;
  const place = device === undefined ? node : `${node}/${device}`;
  const packet = { input, context, node, place, id: idOf(context, group, edgeNode, device), device };
  if (type === 'NDEATH') return nodeDeath(packet);
  const payload = readSparkplug(input.payload);
  if (!payload) return refused('is not a Sparkplug B payload', packet.id);
  if (type === 'NBIRTH') return nodeBirth(packet, payload);
  const followed = follow(packet, payload);
  if (type === 'DBIRTH') return deviceBirth(packet, payload, followed);
  if (type === 'DDEATH') return deviceDeath(packet, payload, followed);
  return data(packet, payload, followed);
}

type Packet = {
  readonly input: DecodeInput;
  readonly context: DecodeContext;
  /** `group/node`, and with the device behind it. */
  readonly node: string;
  readonly place: string;
  readonly device: string | undefined;
  /** As it is registered. */
  readonly id: string;
};
type Followed = { readonly edge: Edge | undefined; readonly requests: readonly Request[] };

/** Nodes are unique in their group, devices at their node: unless a shorter name is registered, it is the full one. */
function idOf({ deviceId }: DecodeContext, group: string, node: string, device?: string): string {
  const names =
    device === undefined
      ? [`${group}/${node}`, node]
      : [`${group}/${node}/${device}`, `${node}/${device}`, device];
  return deviceId(names) ?? names[0] ?? '';
}

function nodeBirth({ input, context, node, id }: Packet, payload: SparkplugPayload): Decoded {
  const { memory } = context;
  const { receivedAtMs } = input;
  const bdSeq = payload.metrics.find(({ name }) => name === 'bdSeq')?.raw;
  writeEdge(memory, node, {
    bornAtMs: receivedAtMs,
    birth: bdSeq === undefined ? undefined : String(bdSeq),
    seq: payload.seq ?? 0,
    askedAtMs: 0,
  });
  learnNames(memory, node, payload.metrics, receivedAtMs);
  setDevices(memory, node, []);
  return birth(id, payload, []);
}

function deviceBirth(packet: Packet, payload: SparkplugPayload, { edge, requests }: Followed): Decoded {
  const { memory } = packet.context;
  const { node, place, id, device = '' } = packet;
  learnNames(memory, place, payload.metrics, edge?.bornAtMs ?? 0);
  setDevices(memory, node, [...devicesOf(memory, node), device]);
  return birth(id, payload, requests);
}

function birth(id: string, payload: SparkplugPayload, requests: readonly Request[]): Decoded {
  const online: Measurement = { device: id, quantity: 'online', value: 1, ...timeOf(payload.atMs) };
  const { measurements, problems, unread } = valuesOf(id, payload, undefined);
  if (measurements.length === 0 && unread.length > 0) {
    const detail = `none of its metrics (${listed(unread)}) is one of kvarter's quantities: rename one, or give it the property engUnit`;
    problems.push({ code: 'unknown-quantity', detail, device: id });
  }
  return decoded([online, ...measurements], problems, requests);
}

/** The will that the broker publishes for a node: it holds for the birth that it names, and for all its devices. */
function nodeDeath({ input, context, node, id }: Packet): Decoded {
  const edge = readEdge(context.memory, node);
  const bdSeq = readSparkplug(input.payload)?.metrics.find(({ name }) => name === 'bdSeq')?.raw;
  if (edge?.birth !== undefined && bdSeq !== undefined && String(bdSeq) !== edge.birth) {
    return { measurements: [], problems: [] };
  }
  const [group = '', edgeNode = ''] = splitNode(node);
  const devices = devicesOf(context.memory, node).map((device) => idOf(context, group, edgeNode, device));
  setDevices(context.memory, node, []);
  // Its own time is that of the connection's beginning.
  return decoded(
    [id, ...devices].map((device) => ({ device, quantity: 'online', value: 0 })),
    [],
    [],
  );
}

function deviceDeath(packet: Packet, payload: SparkplugPayload, { requests }: Followed): Decoded {
  const { memory } = packet.context;
  const { node, id, device } = packet;
  const others = devicesOf(memory, node).filter((other) => other !== device);
  setDevices(memory, node, others);
  return decoded([{ device: id, quantity: 'online', value: 0, ...timeOf(payload.atMs) }], [], requests);
}

function data(
  { input, context, place, id, node }: Packet,
  payload: SparkplugPayload,
  { edge, requests }: Followed,
): Decoded {
  const names = namesOf(context.memory, place, edge);
  const { measurements, problems, unnamed } = valuesOf(id, payload, names);
  if (unnamed.length === 0) return decoded(measurements, problems, requests);
  const detail = `no birth of ${place} has said what the aliases ${listed(unnamed)} are called: it is asked to be born again`;
  problems.push({ code: 'unknown-alias', detail, device: id });
  return decoded(
    measurements,
    problems,
    requests.length > 0 ? requests : ask(context, node, edge, input.receivedAtMs),
  );
}

/** Follows the node's sequence numbers, 0..255 and round again; asks it to be born again when one is missing. */
function follow({ input, context, node }: Packet, { seq }: SparkplugPayload): Followed {
  const edge = readEdge(context.memory, node);
  // Without its birth there is nothing to follow.
  if (!edge) return { edge, requests: [] };
  const isNext = seq === undefined || seq === (edge.seq + 1) % 256 || seq === edge.seq;
  const next = { ...edge, seq: seq ?? edge.seq };
  writeEdge(context.memory, node, next);
  return { edge: next, requests: isNext ? [] : ask(context, node, next, input.receivedAtMs) };
}

/** `Node Control/Rebirth`, unless that was asked just now. */
function ask(
  { memory }: DecodeContext,
  node: string,
  edge: Edge | undefined,
  nowMs: number,
): readonly Request[] {
  if (edge && Math.abs(nowMs - edge.askedAtMs) < ASK_EVERY_MS) return [];
  writeEdge(memory, node, { ...(edge ?? NEVER_BORN), askedAtMs: nowMs });
  const [group, edgeNode] = splitNode(node);
  const command = { name: 'Node Control/Rebirth', datatype: BOOLEAN, value: true };
  const payload = writeSparkplug([{ ...command, atMs: nowMs }], { atMs: nowMs });
  return [{ topic: `spBv1.0/${group}/NCMD/${edgeNode}`, payload }];
}

function decoded(
  measurements: readonly Measurement[],
  problems: readonly Problem[],
  requests: readonly Request[],
): Decoded {
  const timeFrom = measurements.some(({ atMs }) => atMs !== undefined) ? 'device' : 'arrival';
  return { measurements, problems, timeFrom, ...(requests.length === 0 ? {} : { requests }) };
}

function refused(detail: string, device: string | undefined): Decoded {
  const problem = { code: 'malformed-payload', detail } as const;
  return { measurements: [], problems: [device === undefined ? problem : { ...problem, device }] };
}
