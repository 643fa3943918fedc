import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** How much a guess costs: 128 × 2^cost × blockSize bytes, and time that grows with all three. */
type Work = { readonly cost: number; readonly blockSize: number; readonly parallel: number };

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Above this one login would stop the machine: 2^17 with blocks of 8 is 128 MiB. */
const MOST_MEMORY = 256 * 1024 * 1024;

/** For passwords that people choose: 32 MiB and some 80 ms a guess. */
const chosenWork: Work = { cost: 15, blockSize: 8, parallel: 1 };
/**
 * For the passwords that kvarter makes: nobody guesses 160 random bits, however cheap a guess is, and ten thousand
 * devices that come back at once must not take minutes.
 */
const randomWork: Work = { cost: 10, blockSize: 8, parallel: 1 };

/** A password that needs no stretching: 160 random bits, in letters that every device's settings page takes. */
export function randomPassword(): string {
  return randomBytes(20).toString('base64url');
}

/** The scrypt hash (RFC 7914) as a PHC string, `$scrypt$ln=15,r=8,p=1$SALT$KEY`. */
export async function hashPassword(password: string, options: { isRandom: boolean }): Promise<string> {
  const work = options.isRandom ? randomWork : chosenWork;
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(Buffer.from(password), salt, KEY_BYTES, work);
  const { cost, blockSize, parallel } = work;
  return `$scrypt$ln=${cost},r=${blockSize},p=${parallel}$${base64(salt)}$${base64(key)}`;
}

/** What is wrong with the text as a hash; undefined when it is one that kvarter takes. */
export function hashProblem(text: string): string | undefined {
  const parsed = parseHash(text);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** Does the password open the hash? In a thread of its own, whatever the answer in the same time. */
export async function opensHash(hash: string, password: Uint8Array): Promise<boolean> {
  const parsed = parseHash(hash);
  if (typeof parsed === 'string') return false;
  const key = await derive(password, parsed.salt, parsed.key.length, parsed.work);
  return timingSafeEqual(key, parsed.key);
}

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parseHash(text: string): { work: Work; salt: Buffer; key: Buffer } | string {
  const [, cost, blockSize, parallel, salt = '', key = ''] = PHC.exec(text) ?? [];
  if (cost === undefined) {
    return 'is not a hash of the form $scrypt$ln=15,r=8,p=1$SALT$KEY: kvarter device credentials set makes one';
  }
  const work = { cost: Number(cost), blockSize: Number(blockSize), parallel: Number(parallel) };
  if (work.cost < 10 || work.blockSize < 1 || work.parallel < 1 || work.parallel > 16) {
    return 'has a hash that is too cheap or out of range: ln from 10 on, r from 1 on, p from 1 to 16';
  }
  if (memoryBytes(work) > MOST_MEMORY) {
    return `has a hash that takes more than ${MOST_MEMORY / 1024 / 1024} MiB: make ln or r smaller`;
  }
  const bytes = { salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
  if (bytes.salt.length < 8 || bytes.key.length < 16) {
    return 'has a hash with less than 8 bytes of salt or 16 of key';
  }
  return { work, ...bytes };
}

function derive(password: Uint8Array, salt: Buffer, bytes: number, work: Work): Promise<Buffer> {
  const { cost, blockSize, parallel } = work;
  const options = { N: 2 ** cost, r: blockSize, p: parallel, maxmem: memoryBytes(work) + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function memoryBytes({ cost, blockSize, parallel }: Work): number {
  return 128 * blockSize * (2 ** cost + parallel);
}

/** PHC strings are without padding. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
