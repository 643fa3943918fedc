import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword, hashProblem, opensHash, randomPassword } from '../../../src/access/password-hash.ts';

describe('a hash of a password', () => {
  it.each([true, false])('opens with the password alone (random: %s)', async (isRandom) => {
    const hash = await hashPassword('låt mig in', { isRandom });
    expect(hashProblem(hash)).toBeUndefined();
    for (const form of ['utf8', 'base64', 'hex'] as const)
      expect(hash).not.toContain(Buffer.from('låt mig in').toString(form).replaceAll('=', ''));
    expect(await opensHash(hash, Buffer.from('låt mig in'))).toBe(true);
    for (const wrong of ['lat mig in', 'låt mig in ', '']) {
      expect(await opensHash(hash, Buffer.from(wrong))).toBe(false);
    }
  });

  it('is another one each time, because of its salt', async () => {
    const [first, second] = [
      await hashPassword('x', { isRandom: true }),
      await hashPassword('x', { isRandom: true }),
    ];
    expect(first).not.toBe(second);
  });

  it('is what others write: the test vector of RFC 7914 as a PHC string', async () => {
    const key = scryptSync('pleaseletmein', 'SodiumChloride', 64, { N: 16384, r: 8, p: 1 });
    expect(key.toString('hex')).toMatch(/^7023bdcb3afd7348461c06cd81fd38eb/);
    const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    const hash = `$scrypt$ln=14,r=8,p=1$${base64(Buffer.from('SodiumChloride'))}$${base64(key)}`;
    expect(await opensHash(hash, Buffer.from('pleaseletmein'))).toBe(true);
    expect(await opensHash(hash, Buffer.from('pleaseletmeout'))).toBe(false);
  });

  it('costs more for a password that a person has chosen', async () => {
    expect(await hashPassword('x', { isRandom: false })).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$/);
    expect(await hashPassword('x', { isRandom: true })).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$/);
  });

  it.each([
    ['plain text', 'hunter2', /is not a hash/],
    ['another kind', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$c29tZWhhc2g', /is not a hash/],
    ['too cheap', '$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA', /too cheap/],
    ['too dear', '$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA', /more than 256 MiB/],
    ['no salt', '$scrypt$ln=15,r=8,p=1$AA$AAAAAAAAAAAAAAAAAAAAAAAA', /less than 8 bytes/],
  ])('is refused when it is %s', async (_, text, problem) => {
    expect(hashProblem(text)).toMatch(problem);
    expect(await opensHash(text, Buffer.from('hunter2'))).toBe(false);
  });

  it('random passwords have 160 bits, in letters that need no quoting', () => {
    expect(randomPassword()).toMatch(/^[A-Za-z0-9_-]{27}$/);
    expect(randomPassword()).not.toBe(randomPassword());
  });
});
