import { byteAt, fieldEnd, number16 } from './guard-text.ts';

/** A SUBSCRIBE that names a filter more than once: for each of its filters, which one it is and the QoS it asks for. */
export type Repeats = {
  readonly packetId: number;
  readonly filters: readonly { readonly place: number; readonly qos: number }[];
};

const REFUSED = 0x80;

/** Of the checked body of a SUBSCRIBE; undefined when each filter is there once. */
export function repeatsOf(bytes: Buffer, start: number, end: number): Repeats | undefined {
  const places = new Map<string, number>();
  const filters: { place: number; qos: number }[] = [];
  for (let at = start + 2; at < end; ) {
    const filterEnd = fieldEnd(bytes, at, end);
    const filter = bytes.toString('latin1', at + 2, filterEnd);
    const place = places.get(filter) ?? places.size;
    places.set(filter, place);
    filters.push({ place, qos: byteAt(bytes, filterEnd) });
    at = filterEnd + 1;
  }
  return places.size === filters.length ? undefined : { packetId: number16(bytes, start), filters };
}

/** The return codes of all filters [MQTT-3.8.4-5], from aedes's, which answers once for those that are the same. */
export function codesFor({ filters }: Repeats, codes: Buffer): number[] {
  return filters.map(({ place, qos }) => (codes[place] === REFUSED ? REFUSED : qos));
}
