import type { Json } from '../domain/alert.ts';
import type { Memory } from './decode.ts';
import { isRecord } from './payload.ts';
import type { SparkplugMetric } from './sparkplug-payload.ts';

/** What is known of an edge node (Sparkplug 3.0, 6.4): when it was born, and how far its packets have come. */
export type Edge = {
  /** When its birth came; 0: before anything that is remembered. The names of its devices hold for this birth alone. */
  readonly bornAtMs: number;
  /** Ties a death to its birth (`bdSeq`). */
  readonly birth: string | undefined;
  /** The newest sequence number, 0..255. */
  readonly seq: number;
  /** When it was last asked to be born again. */
  readonly askedAtMs: number;
};

/** What a birth says of a metric, for packets that say its alias or its name alone. */
export type Named = {
  readonly name: string;
  readonly datatype: number | undefined;
  readonly unit: string | undefined;
};

export interface Names {
  byAlias(alias: string): Named | undefined;
  byName(name: string): Named | undefined;
}

const MOST_DEVICES = 1000;

export function readEdge(memory: Memory, node: string): Edge | undefined {
  const known = memory.get(node);
  if (!Array.isArray(known)) return undefined;
  const [bornAtMs, birth, seq, askedAtMs] = known;
  return typeof bornAtMs === 'number' && typeof seq === 'number'
    ? {
        bornAtMs,
        birth: typeof birth === 'string' ? birth : undefined,
        seq,
        askedAtMs: typeof askedAtMs === 'number' ? askedAtMs : 0,
      }
    : undefined;
}

export function writeEdge(memory: Memory, node: string, { bornAtMs, birth, seq, askedAtMs }: Edge): void {
  memory.set(node, [bornAtMs, birth ?? null, seq, askedAtMs]);
}

/** Keeps the names of a birth: of a node, or of a device in this life of its node. */
export function learnNames(
  memory: Memory,
  place: string,
  metrics: readonly SparkplugMetric[],
  bornAtMs: number,
): void {
  const aliases: Record<string, Json> = {};
  const names: Record<string, Json> = {};
  for (const { name, alias, datatype, unit } of metrics) {
    if (name === undefined || name === '') continue;
    names[name] = [datatype ?? null, unit ?? null];
    if (alias !== undefined) aliases[alias] = name;
  }
  memory.set(`${place}|names`, { bornAtMs, aliases, names });
}

/** The names that a place's newest birth gave; undefined when its node was born again since. */
export function namesOf(memory: Memory, place: string, edge: Edge | undefined): Names | undefined {
  const known = memory.get(`${place}|names`);
  if (!isRecord(known) || (edge && known.bornAtMs !== edge.bornAtMs)) return undefined;
  const { aliases, names } = known;
  const byName = (name: string): Named | undefined => {
    const said = isRecord(names) && Object.hasOwn(names, name) ? names[name] : undefined;
    if (!Array.isArray(said)) return undefined;
    const [datatype, unit] = said;
    return {
      name,
      datatype: typeof datatype === 'number' ? datatype : undefined,
      unit: typeof unit === 'string' ? unit : undefined,
    };
  };
  return {
    byName,
    byAlias: (alias) => {
      const name = isRecord(aliases) && Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
      return typeof name === 'string' ? byName(name) : undefined;
    },
  };
}

/** The devices behind a node that were born and have not died: they go with it. */
export function devicesOf(memory: Memory, node: string): readonly string[] {
  const known = memory.get(`${node}|devices`);
  return Array.isArray(known) ? known.filter((device) => typeof device === 'string') : [];
}

export function setDevices(memory: Memory, node: string, devices: readonly string[]): void {
  memory.set(`${node}|devices`, [...new Set(devices)].slice(0, MOST_DEVICES));
}

/** `group/node` → its two parts. */
export function splitNode(node: string): readonly [group: string, edgeNode: string] {
  const split = node.lastIndexOf('/');
  return [node.slice(0, split), node.slice(split + 1)];
}
