import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const NOW_MS = Date.parse('2026-01-15T08:00+01:00');

/** A service with an alert of a low battery, and the page of it as a browser asks for it. */
async function openPage() {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await openTempDir());
  const file = join(dir.path, 'kvarter.yaml');
  await writeFile(file, 'http: { publicUrl: https://kvarter.example.se/x/ }\n');
  const service = stack.use(await openService(dir.path, { KVARTER_CONFIG: file }, { clock: () => NOW_MS }));
  await service.publish(
    'kvarter/el-b1/up',
    JSON.stringify({ time: isoTime(NOW_MS), values: { batteryPct: 5 } }),
  );
  await service.app.settled();
  const { id = '' } = (await service.get('/api/v1/alerts')).alerts[0] ?? {};
  return {
    service,
    id,
    open: (language: string, alert = id) => ask(service, `/alerts/${alert}`, { 'accept-language': language }),
    send: (act: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      ask(service, `/alerts/${id}/${act}`, headers, new URLSearchParams(fields)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function ask(service: Service, path: string, headers: Record<string, string>, body?: URLSearchParams) {
  const url = `http://127.0.0.1:${service.app.httpPort}${path}`;
  const method = body === undefined ? 'GET' : 'POST';
  const answer = await fetch(url, { method, headers, redirect: 'manual', ...(body && { body }) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe('the page of an alert', () => {
  it('is what messages link to, and says what they say in the language of the browser', async () => {
    await using page = await openPage();
    const { link } = await page.service.get<{ link: string }>(`/api/v1/alerts/${page.id}`);
    expect(link).toBe(`https://kvarter.example.se/x/alerts/${page.id}`);
    const swedish = await page.open('de, sv-SE;q=0.9, en;q=0.8');
    expect(swedish.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(swedish.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(swedish.text).toContain('<html lang="sv">');
    expect(swedish.text).toContain('<h1>Batteri låg: 5 % i el-b1</h1>');
    expect(swedish.text).toContain('<dt>Sedan</dt><dd>2026-01-15 08:00</dd>');
    expect(swedish.text).toContain('<dt>Byggnad</dt><dd>Norrlidsvägen 1</dd>');
    expect((await page.open('fr')).text).toContain('<h1>Battery low: 5 % in el-b1</h1>');
    const gone = await page.open('sv', 'stale-1');
    expect([gone.status, gone.text.includes('Larmet finns inte')]).toEqual([404, true]);
  });

  it('takes on, says the outcome and silences as the API does', async () => {
    await using page = await openPage();
    const taken = await page.send('acknowledge', { by: 'Anna <b>', note: 'på väg', span: 'h4' });
    expect([taken.status, taken.headers.get('location')]).toEqual([303, `../${page.id}`]);
    expect(await page.service.get(`/api/v1/alerts/${page.id}`)).toMatchObject({
      state: 'acknowledged',
      acknowledgement: { by: 'Anna <b>', note: 'på väg', until: isoTime(NOW_MS + 4 * 3_600_000) },
    });
    const { text } = await page.open('sv');
    expect(text).toContain('<dd>Anna &#60;b&#62; till 2026-01-15 12:00: på väg</dd>');
    expect(text).not.toContain(`${page.id}/acknowledge`);
    expect((await page.send('outcome', { by: 'Anna', note: '', outcome: 'true' })).status).toBe(303);
    expect((await page.open('sv')).text).toContain('<dt>Bedömt som</dt><dd>rätt (Anna)</dd>');
    const silence = { scope: 'device', span: 'd1', by: 'Anna', reason: 'byter batteri' };
    expect((await page.send('silence', silence)).status).toBe(303);
    expect(await page.service.get('/api/v1/silences')).toMatchObject({
      silences: [
        { scope: { device: ['el-b1'] }, until: isoTime(NOW_MS + 86_400_000), reason: 'byter batteri' },
      ],
    });
  });

  it('says what is wrong with a form, and leads back', async () => {
    await using page = await openPage();
    const nameless = await page.send('acknowledge', { by: ' ' });
    expect(nameless.status).toBe(400);
    expect(nameless.text).toContain(`<a href="../${page.id}">Back to the alert</a>`);
    expect((await page.send('nothing', { by: 'Anna' })).status).toBe(404);
    expect((await page.send('outcome', { by: 'Anna', outcome: 'maybe' })).status).toBe(400);
    const long = await page.send('acknowledge', { by: 'Anna', note: 'x'.repeat(40_000) });
    expect([long.status, long.headers.get('content-type')]).toEqual([413, 'text/html; charset=utf-8']);
    const again = await ask(page.service, `/alerts/${page.id}/acknowledge`, {});
    expect([again.status, again.headers.get('location')]).toEqual([303, `../${page.id}`]);
  });

  it('leads from an address that is no alert’s to the list, and nowhere else', async () => {
    await using page = await openPage();
    for (const id of ['javascript:alert(1)', '%2F%2Fevil.example', '%00', '..%2F..%2Fconfig']) {
      const { status, text } = await page.open('en', id);
      expect([status, [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)]).toEqual([
        404,
        ['../alerts'],
      ]);
    }
  });

  it('takes a form once that is sent twice, and none of what somebody else did meanwhile', async () => {
    await using page = await openPage();
    const work = { scope: 'building', span: 'd1', by: 'Anna', reason: 'byter batteri' };
    const sent = await Promise.all([page.send('silence', work), page.send('silence', work)]);
    expect(sent.map(({ status }) => status)).toEqual([303, 303]);
    const { silences } = await page.service.get<{ silences: object[] }>('/api/v1/silences');
    expect(silences).toHaveLength(1);
    await page.send('silence', { ...work, scope: 'device' });
    expect(await page.service.get('/api/v1/silences')).toMatchObject({ silences: [{}, {}] });
    expect((await page.open('sv')).text).toContain(
      '<dt>Arbete pågår</dt><dd>Anna till 2026-01-16 08:00: byter batteri</dd>',
    );

    const done = /name="silence" value="([^"]+)"/.exec((await page.open('sv')).text)?.[1] ?? '';
    for (const silence of [done, done, 'silence-of-others']) {
      expect((await page.send('end-silence', { silence })).status).toBe(303);
    }
    expect(await page.service.get('/api/v1/silences'), 'one is ended').toMatchObject({ silences: [{}] });

    for (const by of ['Anna', 'Anna']) expect((await page.send('acknowledge', { by })).status).toBe(303);
    const late = await page.send('acknowledge', { by: 'Bo' }, { 'accept-language': 'sv' });
    expect([late.status, late.text.includes('Larmet är redan kvitterat av Anna')]).toEqual([409, true]);
    expect(await page.service.get(`/api/v1/alerts/${page.id}`)).toMatchObject({
      acknowledgement: { by: 'Anna' },
    });
  });

  it('ends no silence that covers more than its building', async () => {
    await using page = await openPage();
    const { httpPort } = page.service.app;
    const silence = { scope: { area: 'norrliden' }, by: 'Bo', reason: 'strömavbrott' };
    const { id = '' } = (await (
      await fetch(`http://127.0.0.1:${httpPort}/api/v1/silences`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...silence, until: isoTime(NOW_MS + 3_600_000) }),
      })
    ).json()) as { id?: string };
    const { text } = await page.open('sv');
    expect(text).toContain('<dd>Bo till 2026-01-15 09:00: strömavbrott</dd>');
    expect(text).not.toContain('end-silence');
    await page.send('end-silence', { silence: id });
    expect(await page.service.get('/api/v1/silences')).toMatchObject({ silences: [{ id }] });
  });

  it('stands in a list of all that goes on, the gravest first, without what is held back', async () => {
    await using page = await openPage();
    const says = (device: string, values: object) =>
      page.service.publish(`kvarter/${device}/up`, JSON.stringify({ time: isoTime(NOW_MS), values }));
    await says('el-b2', { waterDetected: 1 });
    await page.send('silence', { scope: 'device', span: 'd1', by: 'Anna', reason: 'byter batteri' });
    await says('el-b1', { leaking: 1 });
    await page.send('acknowledge', { by: 'Anna <b>' });
    await page.service.app.settled();
    const { text } = await ask(page.service, '/alerts', { 'accept-language': 'sv' });
    expect(text).toContain('<h1>Pågår: 2</h1>');
    expect(text).toMatch(/Kritiskt: Vatten på golvet: el-b2 \(Norrlidsvägen 3\)[\s\S]*Varning: Batteri låg/);
    expect(text).toContain(`<li class="warning"><a href="alerts/${page.id}">`);
    expect(text).toContain('Sedan 2026-01-15 08:00 · Kvitterat av Anna &#60;b&#62;</small>');
    expect(text).toContain('förklarar det: 1</p>');
  });

  it('takes no form from another site', async () => {
    await using page = await openPage();
    const fields = { by: 'Eve' };
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      expect((await page.send('acknowledge', fields, headers)).status, JSON.stringify(headers)).toBe(403);
    }
    const { httpPort } = page.service.app;
    for (const origin of [`http://127.0.0.1:${httpPort}`, 'https://kvarter.example.se']) {
      expect((await page.send('acknowledge', fields, { origin })).status, origin).toBe(303);
    }
    const api = `http://127.0.0.1:${httpPort}/api/v1/notifications/retry`;
    const refused = await fetch(api, { method: 'POST', headers: { origin: 'https://evil.example' } });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.status).toBe(403);
  });
});
