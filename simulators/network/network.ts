import type { Chance } from '../chance.ts';
import type { Heard } from '../sensors/sensor.ts';
import type { Route } from './route.ts';

/** A gateway that is away in [fromMs, toMs): without power, or without its line. */
export type Outage = {
  readonly gateway: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It keeps what it hears meanwhile, and sends it when it is back; else nobody hears it. */
  readonly keeps: boolean;
};

/** Shares of what is sent by radio, 0..1. */
export type NetworkQuality = {
  readonly lost: number;
  readonly repeated: number;
  /** Comes some seconds later, behind what was sent after it. */
  readonly late: number;
};

export const usualQuality: NetworkQuality = { lost: 0.01, repeated: 0.003, late: 0.01 };

export type Network = {
  /** How the gateway hears a device now. */
  readonly hear: (device: string, route: Route, atMs: number) => Heard | undefined;
  /** When what is sent now arrives, ms: not at all, once, or again. Asked in order of time. */
  readonly arrivals: (device: string, route: Route, atMs: number) => readonly number[];
};

const FLUSH_STEP_MS = 20;
const SERVER_MS = 200;

/** Radio, gateways and their lines: what is sent is lost, repeated, overtaken, kept for hours, as a matter of chance. */
export function createNetwork({
  quality,
  outages,
  chance,
}: {
  readonly quality: NetworkQuality;
  readonly outages: readonly Outage[];
  readonly chance: Chance;
}): Network {
  const byGateway = Map.groupBy(outages, ({ gateway }) => gateway);
  const flushed = new Map<Outage, number>();
  /** A device's own luck, and how well it is heard. */
  const known = new Map<string, { luck: Chance; distance: number }>();
  const own = (device: string) => {
    const found = known.get(device);
    if (found) return found;
    const luck = chance.fork(device);
    const made = { luck, distance: luck.at(0) };
    known.set(device, made);
    return made;
  };

  const kept = (outage: Outage, route: Route, luck: number): number => {
    const place = flushed.get(outage) ?? 0;
    flushed.set(outage, place + 1);
    // The backlog of a network server comes by several ways, in about its order.
    const shuffle = route.radio === 'lorawan' ? Math.floor(6 * luck) : 0;
    return outage.toMs + 1000 + FLUSH_STEP_MS * (place + shuffle);
  };

  return {
    hear: (device, { radio }, atMs) => {
      if (radio === undefined) return undefined;
      const { luck, distance } = own(device);
      const fading = 6 * (luck.at(Math.floor(atMs / 1000)) - 0.5);
      return {
        rssiDbm: Math.round(-72 - 44 * distance + fading),
        snrDb: Math.round(4 * (10 - 14 * distance + fading / 2)) / 4,
      };
    },
    arrivals: (device, route, atMs) => {
      const { luck, distance } = own(device);
      const slot = Math.floor(atMs / 1000);
      const draw = (n: number) => luck.fork(String(n)).at(slot);
      if (route.radio !== undefined && draw(1) < quality.lost * (0.4 + 1.2 * distance)) return [];
      const outage = byGateway
        .get(route.gateway ?? route.line.id)
        ?.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
      if (outage) return outage.keeps ? [kept(outage, route, draw(2))] : [];
      if (route.radio !== 'lorawan') return [atMs];
      const lateMs = draw(3) < quality.late ? 5000 + Math.floor(25_000 * draw(4)) : 0;
      const arrivesMs = atMs + SERVER_MS + Math.floor(300 * draw(5)) + lateMs;
      return draw(6) < quality.repeated
        ? [arrivesMs, arrivesMs + 1500 + Math.floor(4000 * draw(7))]
        : [arrivesMs];
    },
  };
}
