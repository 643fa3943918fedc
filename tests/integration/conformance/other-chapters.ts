import { bindsClient, type Clause } from './clause.ts';

const webSocket = {
  not: 'tests of the WebSocket listener do: its frames are parted from its packets',
} as const;

/** Sections 6 and 7: WebSocket as a transport, and conformance as such. */
export const otherChapters: readonly Clause[] = [
  ['6.0.0-1', 'over WebSocket, packets come in binary frames, or the connection closes', webSocket],
  ['6.0.0-2', 'a frame may hold part of a packet, or several', webSocket],
  ['6.0.0-3', 'a client asks for the subprotocol mqtt', bindsClient],
  ['6.0.0-4', 'a server answers with the subprotocol mqtt', webSocket],
  ['7.0.0-1', 'a server keeps to all of this', { not: 'it is the sum of all others' }],
  ['7.0.0-2', 'a client keeps to all of this', bindsClient],
  ['7.1.1-1', 'a server supports a transport that is ordered and loses nothing', { not: 'TCP is one' }],
  ['7.1.2-1', 'a client supports a transport that is ordered and loses nothing', bindsClient],
];
