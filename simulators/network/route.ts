import type { Encoded } from '../../src/decode/decode.ts';
import type { Device } from '../../src/domain/register.ts';
import type { Definition } from '../sensors/definition.ts';

/** An MQTT connection, and what is said when it breaks and when it is there again. */
export type Line = { readonly id: string; readonly will?: Encoded; readonly birth?: Encoded };

/** The way from a device to the broker. */
export type Route = {
  readonly line: Line;
  /** What it has to be heard by, if it does not speak for itself. */
  readonly gateway: string | undefined;
  readonly radio: 'lorawan' | 'short-range' | undefined;
};

/**
 * LoRaWAN devices are heard by the gateway of their area and handed on by their network server; M-Bus and Zigbee by a
 * gateway in the house; whatever is on the network itself has a connection of its own.
 */
export function routeOf(device: Device, definition: Definition, area: string): Route {
  if (definition.isLorawan) {
    return { line: { id: definition.format.name }, gateway: `lora-${area}`, radio: 'lorawan' };
  }
  const inHouse = houseGateways[definition.name];
  if (inHouse) {
    const id = `${inHouse.name}-${device.building}`;
    return { line: { id, ...inHouse.presence }, gateway: id, radio: inHouse.radio };
  }
  return { line: { id: device.id, ...presenceOf(device, definition) }, gateway: undefined, radio: undefined };
}

type HouseGateway = {
  readonly name: string;
  readonly radio: Route['radio'];
  readonly presence?: Omit<Line, 'id'>;
};

const houseGateways: Readonly<Record<string, HouseGateway>> = {
  wmbusmeters: { name: 'wmbus', radio: 'short-range' },
  zigbee2mqtt: {
    name: 'zigbee',
    radio: 'short-range',
    presence: {
      will: { topic: 'zigbee2mqtt/bridge/state', payload: Buffer.from('{"state":"offline"}') },
      birth: { topic: 'zigbee2mqtt/bridge/state', payload: Buffer.from('{"state":"online"}') },
    },
  },
  'line-protocol': { name: 'telegraf', radio: undefined },
  thingsboard: { name: 'thingsboard', radio: undefined },
};

/** Shelly and Tasmota say that they are there, and leave a will that they are not. */
function presenceOf({ id }: Device, { carries, name, encode }: Definition): Omit<Line, 'id'> {
  if (name !== 'shelly' && name !== 'tasmota') return {};
  if (!carries.some(({ quantity }) => quantity === 'online')) return {};
  const [will] = encode({ device: id, values: [{ quantity: 'online', value: 0 }] });
  const [birth] = encode({ device: id, values: [{ quantity: 'online', value: 1 }] });
  return { ...(will && { will }), ...(birth && { birth }) };
}
