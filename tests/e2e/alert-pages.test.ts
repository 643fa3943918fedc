import { expect, it } from 'vitest';
import { openAlertStory } from '../support/alert-story.ts';
import { describeWith } from '../support/servers.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } as const;

describeWith('chromium', 'the pages of alerts in a browser', (program) => {
  it('let a manager take on, silence and judge an alert from the mail on a telephone', async () => {
    await using story = await openAlertStory(program);
    const { service, id } = story;
    const page = await story.browser.open({ ...PHONE, locale: 'sv-SE' });
    await page.goto(story.link);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Batteri låg: 5 % i el-b1');
    expect(await page.getByRole('banner').textContent()).toBe('Exempelhem AB');
    expect(await service.get(`/api/v1/alerts/${id}`), 'opening changes nothing').toMatchObject({
      state: 'firing',
    });

    const takeOn = page.getByRole('form', { name: 'Kvittera' });
    await takeOn.getByRole('button').tap();
    expect(await service.get(`/api/v1/alerts/${id}`), 'a name is asked for').toMatchObject({
      state: 'firing',
    });
    await takeOn.getByLabel('Ditt namn').fill('Åsa Öberg');
    await takeOn.getByLabel('Anteckning').fill('batteri beställt');
    await takeOn.getByRole('button').tap();
    await page.getByText('Åsa Öberg: batteri beställt').waitFor();
    expect(page.url()).toBe(story.link);
    expect(await takeOn.count()).toBe(0);
    expect(await service.get(`/api/v1/alerts/${id}`)).toMatchObject({
      state: 'acknowledged',
      acknowledgement: { by: 'Åsa Öberg', note: 'batteri beställt' },
    });

    const work = page.getByRole('form', { name: 'Arbete pågår' });
    await work.getByLabel('Var').selectOption('Norrlidsvägen 1');
    await work.getByLabel('Hur länge').selectOption('1 dygn');
    await work.getByLabel('Ditt namn').fill('Åsa Öberg');
    await work.getByLabel('Vad som görs').fill('byter batterier');
    await work.getByRole('button').dblclick();
    await page.getByText('Åsa Öberg till 2026-01-16 08:00: byter batterier').waitFor();
    const { silences } = await service.get<{ silences: object[] }>('/api/v1/silences');
    expect(silences, 'pressed twice').toMatchObject([{ scope: { building: ['b1'] }, by: 'Åsa Öberg' }]);
    expect(silences).toHaveLength(1);

    await page.getByRole('button', { name: 'Arbetet är klart' }).tap();
    await page.getByText('Åsa Öberg till').waitFor({ state: 'hidden' });
    expect(await service.get('/api/v1/silences')).toEqual({ silences: [] });

    const outcome = page.getByRole('form', { name: 'Var larmet rätt?' });
    await outcome.getByLabel('Ditt namn').fill('Åsa Öberg');
    await outcome.getByRole('button', { name: 'falskt larm' }).tap();
    await page.getByText('falskt larm (Åsa Öberg)').waitFor();
    expect(await service.get(`/api/v1/alerts/${id}`)).toMatchObject({ outcome: { outcome: 'false' } });

    await page.getByRole('link', { name: 'Allt som pågår' }).tap();
    await page.getByRole('link', { name: /Batteri låg/ }).tap();
    await page.getByText('falskt larm (Åsa Öberg)').waitFor();
    expect(page.url()).toBe(story.link);
  });

  it('tell who comes later what happened meanwhile', async () => {
    await using story = await openAlertStory(program);
    const [first, second] = [await story.browser.open(), await story.browser.open({ locale: 'sv-SE' })];
    const takeOn = async (page: typeof first, label: string, name: string) => {
      await page.getByLabel(label).first().fill(name);
      await page.getByRole('button').first().click();
    };
    await first.goto(story.link);
    await second.goto(story.link);
    await takeOn(first, 'Your name', 'Anna');
    await first.getByText('Taken on by').waitFor();
    await takeOn(second, 'Ditt namn', 'Bo');
    await second.getByRole('heading', { name: 'Larmet är redan kvitterat av Anna' }).waitFor();
    await second.getByRole('link', { name: 'Tillbaka till larmet' }).click();
    expect(await second.getByRole('form', { name: 'Kvittera' }).count()).toBe(0);
    await first.goBack();
    expect(await first.getByRole('form', { name: 'Take it on' }).count(), 'shown anew').toBe(0);

    await first.goto(`${story.link}-gone`);
    await first.getByRole('heading', { name: 'There is no such alert' }).waitFor();
    await first.getByRole('link', { name: 'All that goes on' }).click();
    await first.getByRole('heading', { name: 'Going on: 1' }).waitFor();
  });

  it('take no acknowledgement of what is over, but a judgement, by keyboard alone', async () => {
    await using story = await openAlertStory(program);
    const page = await story.browser.open({ locale: 'en-GB', colorScheme: 'dark' });
    await page.goto(story.link);
    await story.passes(5);
    await story.says({ batteryPct: 98 });
    await story.passes(16);
    await story.says({ batteryPct: 98 });
    await page.keyboard.press('Tab');
    await page.keyboard.type('Anna');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The alert is over by now' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Over', { exact: false }).first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('Anna');
    for (const key of ['Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByText('a false alarm (Anna)').waitFor();
  });
});
