import type { Finding } from '../domain/alert.ts';
import type { PlacedPoint } from '../domain/reading.ts';

/** What a finding about a point is about. */
export function aboutPoint({
  key,
  building,
  space,
  device,
  quantity,
}: Pick<PlacedPoint, 'key' | 'building' | 'space' | 'device' | 'quantity'>): Pick<
  Finding,
  'subject' | 'building' | 'space' | 'device' | 'quantity'
> {
  return { subject: key, building, ...(space === undefined ? {} : { space }), device, quantity };
}

/** Where it is, as messages name it: the space with the device, or the device alone. */
export function placeName({
  space,
  device,
}: Pick<PlacedPoint, 'device'> & { readonly space?: string | undefined }): string {
  return space === undefined ? device : `${space} (${device})`;
}
