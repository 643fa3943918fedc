import type { SessionTables } from './sessions-schema.ts';
import type { TurnWriter } from './turn-writer.ts';

/** What is published for a client whose connection ends without a DISCONNECT [MQTT-3.1.2-8]. */
export type Will = {
  readonly client: string;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** The name that the client has proved to have. */
  readonly sender: string | undefined;
};

/** The wills of those who are connected. One that is found at the start is of a client whose connection died with us. */
export class Wills {
  readonly #tables: SessionTables;
  readonly #writer: Pick<TurnWriter, 'add'>;
  readonly #wills = new Map<string, Will>();
  #settled = Promise.withResolvers<void>();

  constructor(tables: SessionTables, writer: Pick<TurnWriter, 'add'>) {
    this.#tables = tables;
    this.#writer = writer;
    for (const { retain, sender, ...will } of tables.load.wills()) {
      this.#wills.set(will.client, { ...will, retain: retain !== 0, sender: sender ?? undefined });
    }
  }

  get size(): number {
    return this.#wills.size;
  }

  get(client: string): Will | undefined {
    return this.#wills.get(client);
  }

  all(): readonly Will[] {
    return [...this.#wills.values()];
  }

  put(will: Will): void {
    this.#wills.set(will.client, will);
    this.#write(will, (statement, ...values) => this.#writer.add(statement, ...values));
  }

  /** Resolves when there are none: of those whose connections are closed, when all are published. */
  async settled(): Promise<void> {
    if (this.#wills.size > 0) await this.#settled.promise;
  }

  delete(client: string): Will | undefined {
    const will = this.#wills.get(client);
    if (!will) return undefined;
    this.#wills.delete(client);
    if (this.#wills.size === 0) {
      this.#settled.resolve();
      this.#settled = Promise.withResolvers();
    }
    this.#writer.add(this.#tables.endWill, client);
    return will;
  }

  writeAll(write: TurnWriter['add']): void {
    for (const will of this.#wills.values()) this.#write(will, write);
  }

  #write({ client, topic, payload, qos, retain, sender }: Will, write: TurnWriter['add']): void {
    write(this.#tables.putWill, client, topic, payload, qos, retain ? 1 : 0, sender ?? null);
  }
}
