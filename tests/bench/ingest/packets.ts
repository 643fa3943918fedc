import { isoTime } from '../../../src/domain/time.ts';

const SECONDS_A_DAY = 86_400;
const ZERO = 0x30;

/**
 * One client's QoS 1 publishes, written by hand (MQTT 3.1.1, 3.3): all of one size, so that a packet is a copied template
 * with a few digits put in. A client library, or JSON made anew each time, costs more than the broker it is to measure.
 *
 * Each message has two readings and a time of its own, a second after the one before.
 */
export class PublishPackets {
  readonly bytes: number;
  readonly #template: Buffer;
  readonly #idAt: number;
  readonly #dateAt: number;
  readonly #powerAt: number;
  readonly #fromMs: number;
  #day = -1;

  constructor(topic: string, fromMs: number) {
    this.#fromMs = Math.floor(fromMs / 86_400_000) * 86_400_000;
    const payload = Buffer.from(
      `{"time":"${isoTime(this.#fromMs)}","values":{"activePowerW":10000,"voltageV":230.5}}`,
    );
    const name = Buffer.from(topic);
    const length = 2 + name.length + 2 + payload.length;
    const head = length < 128 ? [0x32, length] : [0x32, (length % 128) | 128, Math.floor(length / 128)];
    this.#template = Buffer.concat([Buffer.from([...head, 0, name.length]), name, Buffer.alloc(2), payload]);
    this.bytes = this.#template.length;
    this.#idAt = head.length + 2 + name.length;
    this.#dateAt = this.#template.indexOf('"time":"') + 8;
    this.#powerAt = this.#template.indexOf('10000');
  }

  /** Writes message `number` with its packet id at `at`. */
  write(into: Buffer, at: number, number: number, packetId: number): void {
    const day = Math.floor(number / SECONDS_A_DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#template.write(isoTime(this.#fromMs + day * 86_400_000).slice(0, 10), this.#dateAt);
    }
    into.set(this.#template, at);
    into[at + this.#idAt] = packetId >> 8;
    into[at + this.#idAt + 1] = packetId & 0xff;
    const second = number % SECONDS_A_DAY;
    twoDigits(into, at + this.#dateAt + 11, Math.floor(second / 3600));
    twoDigits(into, at + this.#dateAt + 14, Math.floor(second / 60) % 60);
    twoDigits(into, at + this.#dateAt + 17, second % 60);
    twoDigits(into, at + this.#powerAt + 3, number % 100);
    twoDigits(into, at + this.#powerAt + 1, Math.floor(number / 100) % 100);
  }
}

function twoDigits(into: Buffer, at: number, value: number): void {
  into[at] = ZERO + Math.floor(value / 10);
  into[at + 1] = ZERO + (value % 10);
}
