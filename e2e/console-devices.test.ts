/** Scenario 42, the part about GB28181: a recorder in the console, its presets, and what it recorded. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../packages/console/build.ts';
import { loadClip } from '../packages/testkit/gb28181/clip.ts';
import { SimulatedDevice } from '../packages/testkit/gb28181/simulated-device.ts';
import { seriousProblems } from './support/accessibility.ts';
import { TestBrowser } from './support/browser.ts';
import { clip } from './support/clips.ts';
import { DOMAIN, Gb28181Product, PASSWORD, SERVER_ID } from './support/gb28181-product.ts';
import { lacks, until } from './support/processes.ts';

const ID = '34020000001180000001';
const CHANNEL = '34020000001320000001';
const HOUR = 3_600_000;
const FRAMES = 'document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0';

describe.skipIf(lacks('ffmpeg', 'chromium'))('a recorder in the console', () => {
  let product: Gb28181Product;
  let device: SimulatedDevice;
  let browser: TestBrowser;
  /** The midnight at which yesterday began. */
  const yesterday = new Date(new Date().setHours(0, 0, 0, 0));
  yesterday.setDate(yesterday.getDate() - 1);

  beforeAll(async () => {
    await ensureBuilt();
    [product, browser] = await Promise.all([
      Gb28181Product.start(),
      TestBrowser.start({ width: 1440, height: 900 }),
    ]);
    device = new SimulatedDevice({
      ...{ id: ID, password: PASSWORD, clip: await loadClip(await clip('h264-aac-70s.flv')) },
      server: { transport: 'tcp', address: '127.0.0.1', port: product.sip, id: SERVER_ID, domain: DOMAIN },
      channels: [
        { id: CHANNEL, name: 'North gate', isParent: false, isOnline: true, parentId: ID, ptzType: 1 },
      ],
      recordings: [
        { name: 'one', start: yesterday.getTime() + 6 * HOUR, end: yesterday.getTime() + 8 * HOUR },
        { name: 'two', start: yesterday.getTime() + 9 * HOUR, end: yesterday.getTime() + 10 * HOUR },
      ],
    });
    await device.start();
    expect(await device.register()).toBe(200);
    await until('the catalog', async () => (await product.device(ID))?.catalog.state === 'complete');
    await until('its name', async () => (await product.device(ID))?.name !== ID);
  }, 60_000);

  afterAll(async () => {
    device?.stop();
    await browser?.[Symbol.asyncDispose]();
    await product?.process[Symbol.asyncDispose]();
  });

  async function openChannel(): Promise<Page> {
    const page = await browser.page();
    page.setDefaultTimeout(20_000);
    await page.addInitScript(`localStorage.setItem('flux-language', 'en')`);
    await page.goto(`${product.api}/devices`);
    await page.getByRole('button', { name: /模拟设备/ }).click();
    await page.getByRole('button', { name: 'North gate' }).click();
    return page;
  }

  const told = (part: string) =>
    until(`the device was told ${part}`, () => device.told.some(text => text.includes(part)));

  it('turns to a preset, keeps a view when that is confirmed, and forgets one', async () => {
    const page = await openChannel();
    // Instruction bytes of GB/T 28181 A.3.4: 81 sets, 82 calls, 83 removes; the sixth byte is the preset.
    await page.getByRole('button', { name: 'Go to: yard' }).click();
    await told('PTZCmd A50F018200020');
    await page.getByLabel('Number').fill('7');
    await page.getByRole('button', { name: 'Keep view' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep view' }).click();
    await told('PTZCmd A50F018100070');
    await page.getByRole('button', { name: 'Delete: yard' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(device.told.join('\n')).not.toContain('PTZCmd A50F0183');
    await page.getByRole('button', { name: 'Delete: yard' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await told('PTZCmd A50F018300020');
    expect(await seriousProblems(page)).toEqual([]);
    await page.close();
  });

  it('plays what it recorded, pauses, leaps and changes the speed', async () => {
    const page = await openChannel();
    await page.getByRole('tab', { name: 'Recorded by the device' }).click();
    await page.getByText('Nothing was recorded on this day').waitFor();
    await page.getByRole('button', { name: 'The day before' }).click();
    const bars = page.getByRole('region', { name: 'Time line of the day' }).getByRole('button');
    await until('two recordings', async () => (await bars.count()) === 2);
    await bars.first().focus();
    await page.keyboard.press('Enter');
    const frames = async () => (await page.evaluate(FRAMES)) as number;
    await until('pictures', async () => (await frames()) > 5, 20_000);
    await page
      .getByText(/06:00:0\d/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await told('INFO PAUSE');
    await page.getByRole('button', { name: 'Go on' }).click();
    await told('INFO PLAY');
    const paused = await frames();
    await until('pictures again', async () => (await frames()) > paused + 5, 20_000);
    await page.getByRole('button', { name: '30 seconds ahead' }).click();
    await told('Range: npt=');
    const before = await frames();
    await until('pictures after the leap', async () => (await frames()) > before + 5, 20_000);
    await page.getByText('4×', { exact: true }).click();
    await told('Scale: 4');
    expect(await seriousProblems(page)).toEqual([]);
    // Who leaves the page ends the playback.
    await page.getByRole('tab', { name: 'Live' }).click();
    await told('BYE');
    expect(device.sessions).toBe(0);
    await page.close();
  });
});
