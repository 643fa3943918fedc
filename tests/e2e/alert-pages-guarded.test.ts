import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openAlertStory } from '../support/alert-story.ts';
import { FOREIGN_NAME } from '../support/chromium.ts';
import { describeWith } from '../support/servers.ts';

const ODD = [
  '"><img src=x onerror=alert(1)>',
  '</title></style><script>alert(2)</script>',
  "' autofocus onfocus=alert(3) x='",
  '&lt;svg/onload=alert(4)&gt; {{title}} %3Cscript%3E',
  '\u202Egnisrever\u202C \u0007 ÅÄÖ 🏠',
  'W'.repeat(150),
];

const oddPlaces = (name: string) => `organisation: { id: o, name: ${name}, timeZone: Europe/Stockholm }
areas:
  - { id: norrliden, name: ${name}, buildings: [{ id: b1, name: ${name}, spaces: [{ id: lgh-1101, kind: flat }] }, { id: b2, name: B2 }] }
`;

/** Another site with these pages, by path. */
async function openSite(pages: Readonly<Record<string, string>>) {
  const server = createServer(({ url = '' }, answer) => {
    const headers = url === '/hides-its-origin' ? { 'content-security-policy': SANDBOX } : {};
    answer.writeHead(200, { 'content-type': 'text/html', ...headers }).end(pages[url]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Its origin is then `null`. */
const SANDBOX = 'sandbox allow-scripts allow-forms';

/** How much wider than the window the page is, px. */
const overflow = (page: Page) => page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);

describeWith('chromium', 'the pages of alerts, attacked and squeezed', (program) => {
  it('show names and notes as they are written, whatever they are', async () => {
    await using story = await openAlertStory(program, {
      'places.yaml': oddPlaces(JSON.stringify(ODD.join(' '))),
    });
    const page = await story.browser.open({ viewport: { width: 320, height: 700 } });
    const dialogs: string[] = [];
    page.on('dialog', async (dialog) => {
      dialogs.push(dialog.message());
      await dialog.dismiss();
    });
    const faults: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    await page.goto(story.link);
    const takeOn = page.getByRole('form', { name: 'Take it on' });
    await takeOn.getByLabel('Your name').fill(ODD.slice(0, 5).join(' ').slice(0, 200));
    await takeOn.getByLabel('Note').fill(ODD.join(' '));
    await takeOn.getByRole('button').click();
    await page.getByText('Taken on by').waitFor();
    const { acknowledgement } = await story.service.get<{ acknowledgement: { note: string } }>(
      `/api/v1/alerts/${story.id}`,
    );
    expect(acknowledgement.note).toBe(ODD.join(' '));
    expect(await page.getByRole('definition').filter({ hasText: 'onerror' }).last().textContent()).toContain(
      ODD.join(' '),
    );
    for (const address of [story.link, story.link.replace(/\/[^/]+$/, '')]) {
      await page.goto(address);
      expect(await page.locator('img, svg, script, iframe, [onfocus], [onerror]').count()).toBe(0);
      expect(await overflow(page), address).toBe(0);
    }
    expect([dialogs, faults]).toEqual([[], []]);
  });

  it('take nothing from pages of other sites, and stand in no frame of theirs', async () => {
    await using story = await openAlertStory(program);
    const { service, id } = story;
    const api = `http://127.0.0.1:${service.app.httpPort}`;
    const form = `<form method="post" action="${api}/alerts/${id}/acknowledge"><input name="by" value="Eve"><button>Win</button></form>`;
    await using site = await openSite({
      '/form': form,
      '/hides-its-origin': form,
      '/frame': `<iframe name="framed" src="${api}/alerts/${id}"></iframe>`,
    });
    const page = await story.browser.open();
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.request().method() === 'POST') statuses.push(response.status());
    });
    for (const path of ['/form', '/hides-its-origin']) {
      await page.goto(site.url + path);
      await page.getByRole('button').click();
      await page.getByRole('heading', { name: 'This came from another page' }).waitFor();
    }
    await page.goto(`${site.url}/frame`);
    await expect.poll(() => page.frame('framed')?.url()).toMatch(/^chrome-error:/);
    const refused = await page.evaluate(async (address) => {
      const body = JSON.stringify({ by: 'Eve' });
      await fetch(address, { method: 'POST', mode: 'no-cors', body });
      return fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(
        () => 'refused',
      );
    }, `${api}/api/v1/alerts/${id}/acknowledge`);
    expect(refused).toBe('refused');
    expect(statuses).toEqual([403, 403, 403]);
    expect(await service.get(`/api/v1/alerts/${id}`)).toMatchObject({ state: 'firing' });
  });

  it('take nothing by a name that somebody else gave this address', async () => {
    await using story = await openAlertStory(program);
    const { service, id } = story;
    const page = await story.browser.open({ locale: 'sv-SE' });
    await page.goto(`http://${FOREIGN_NAME}:${service.app.httpPort}/alerts/${id}`);
    await page.getByLabel('Ditt namn').first().fill('Eve');
    await page.getByRole('button', { name: 'Kvittera' }).click();
    await page.getByRole('heading', { name: 'Detta kom från en annan sida' }).waitFor();
    await page.goto(`http://${FOREIGN_NAME}:${service.app.httpPort}/api/v1/alerts`);
    const status = await page.evaluate(async (address) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(address, { method: 'POST', headers, body: '{"by":"Eve"}' })).status;
    }, `/api/v1/alerts/${id}/acknowledge`);
    expect(status).toBe(403);
    expect(await service.get(`/api/v1/alerts/${id}`)).toMatchObject({ state: 'firing' });
  });

  it('list five hundred alerts on a telephone, the gravest first', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `undercentral-${i}-framledning-givare`);
    const rows = ['el-b1', ...names].map((name) => `${name},kvarter,b1,,submeter\n`).join('');
    await using story = await openAlertStory(program, {
      'devices.csv': `device,model,building,space,role\n${rows}`,
    });
    for (const name of names) await story.publish({ batteryPct: 4 }, name);
    await story.says({ waterDetected: 1 }, 'undercentral-7-framledning-givare');
    const page = await story.browser.open({ viewport: { width: 360, height: 740 }, locale: 'sv-SE' });
    await page.goto(story.link.replace(/\/[^/]+$/, ''));
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Pågår: 502');
    expect(await overflow(page)).toBe(0);
    const links = page.getByRole('listitem').getByRole('link');
    expect(await links.count()).toBe(502);
    await links.first().click();
    await page.getByRole('heading', { name: /^Vatten på golvet/ }).waitFor();
  });

  it('fit telephones, and twice the size on them, with targets for fingers', async () => {
    await using story = await openAlertStory(program);
    for (const width of [360, 180]) {
      const page = await story.browser.open({ viewport: { width, height: 740 }, locale: 'sv-SE' });
      for (const address of [story.link, story.link.replace(/\/[^/]+$/, ''), `${story.link}-gone`]) {
        await page.goto(address);
        expect(await overflow(page), `${address} at ${width} px`).toBe(0);
        const heights = await page
          .locator('button, input, select, a')
          .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
        expect(Math.min(...heights), `${address} at ${width} px`).toBeGreaterThanOrEqual(24);
      }
      await page.goto(story.link);
      const controls = page.locator('button, input, select');
      const sizes = await controls.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44);
      expect(
        await page.locator(':is(input, select):not(label *, [type=hidden])').count(),
        'without a label',
      ).toBe(0);
    }
  });
});
