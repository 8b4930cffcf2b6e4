/** Scenario 42: the console in Chromium, with real publishers. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../packages/console/build.ts';
import { seriousProblems } from './support/accessibility.ts';
import { PlayerSite, TestBrowser } from './support/browser.ts';
import { fakeAccounts, fakeRecordings, fakeStreams } from './support/fake-api.ts';
import { TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess, until } from './support/processes.ts';

const FRAMES = 'document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0';

/** Scrolls through the page in 60 frames. Milliseconds of each, and of the longest task (those under 50 are not told). */
const SCROLL = `(async () => {
  let longest = 0;
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, Math.round(duration));
  });
  observer.observe({ type: 'longtask' });
  const step = document.body.scrollHeight / 60;
  const frames = [];
  let before = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 60; frame++) {
    scrollBy(0, step);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
  }
  observer.disconnect();
  return { frames, longest };
})()`;

function publisher(url: string, codec: 'libx264' | 'libx265', format: 'flv' | 'rtsp'): RunningProcess {
  const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15'];
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
  const encode = ['-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '15'];
  return new RunningProcess('ffmpeg', [
    ...['-v', 'error', ...picture, ...tone, '-c:v', codec, ...encode, '-c:a', 'aac'],
    ...['-f', format, url],
  ]);
}

describe.skipIf(lacks('ffmpeg', 'chromium'))('the console', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  let phone: TestBrowser;
  const publishers: RunningProcess[] = [];
  /** What pages complained of in their consoles, whatever the test was about. */
  const complaints: string[] = [];

  beforeAll(async () => {
    await ensureBuilt();
    gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 1 });
    [browser, phone] = await Promise.all([
      TestBrowser.start({ width: 1440, height: 900 }),
      TestBrowser.start({ width: 390, height: 844 }, 'dark'),
    ]);
    publishers.push(publisher(gateway.rtmpUrl('entrance'), 'libx264', 'flv'));
    publishers.push(publisher(gateway.rtspUrl('dock'), 'libx265', 'rtsp'));
    await Promise.all([gateway.untilLive('entrance'), gateway.untilLive('dock')]);
  });

  afterAll(async () => {
    await Promise.all([browser?.[Symbol.asyncDispose](), phone?.[Symbol.asyncDispose]()]);
    await Promise.all(publishers.map(running => running[Symbol.asyncDispose]()));
    await gateway?.[Symbol.asyncDispose]();
  });

  /** A page of the console. `language` is as somebody chose it before. */
  async function open(path: string, language: 'en' | 'zh' = 'en', from = browser): Promise<Page> {
    const page = await from.page();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', error => complaints.push(`${path}: ${error}`));
    page.on('console', message => {
      // An answer that is not a success is the page's to show; the browser reports each.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(`${path}: ${message.text()}`);
    });
    await page.addInitScript(`localStorage.setItem('flux-language', '${language}')`);
    await page.goto(`http://127.0.0.1:${gateway.apiPort}${path}`);
    return page;
  }

  const playing = (page: Page, frames = 10) =>
    until('pictures', async () => ((await page.evaluate(FRAMES)) as number) > frames, 20_000);

  it('loads less than 300 kB at first, and no player before one is needed', async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.getByRole('img', { name: /Bandwidth/ }).waitFor();
    const resources = (await page.evaluate(
      'performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/")).map(({ name, encodedBodySize }) => [name, encodedBodySize])',
    )) as [string, number][];
    const total = resources.reduce((sum, [, size]) => sum + size, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(300_000);
    expect(resources.map(([name]) => name).join(' ')).not.toMatch(/hls|flv/);
    await page.close();
  });

  it('finds a stream, plays it by each protocol, tells what happened, and stops it when that is confirmed', async () => {
    publishers.push(publisher(gateway.rtmpUrl('gate'), 'libx264', 'flv'));
    await gateway.untilLive('gate');
    const page = await open('/streams');
    await page.getByRole('searchbox').fill('gat');
    await page.getByText('1 stream', { exact: true }).waitFor();
    await page.getByRole('link', { name: /gate/ }).click();
    await playing(page);
    await page.getByText(/\d\.\d s behind live/).waitFor();
    const text = (await page.textContent('main')) ?? '';
    for (const expected of ['Publisher came', 'First picture', 'H.264', '320', 'AAC'])
      expect(text).toContain(expected);
    await page.getByText(/1[45]\.\d fps/).waitFor();
    for (const protocol of ['WebSocket-FLV', 'HLS']) {
      await page.getByText(protocol, { exact: true }).click();
      await playing(page, 3);
    }
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(gateway.orchestrator.findStream('gate')).toBeDefined();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await until('the stream is gone', () => gateway.orchestrator.findStream('gate') === undefined);
    await page.getByText('There is no such stream').waitFor();
    await page.close();
  });

  it('adds a camera while one watches: what goes wrong, the settings changed, the first picture', async () => {
    const page = await open('/streams');
    await page.getByRole('button', { name: 'Add camera' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('rtsp://127.0.0.1:9/stream1');
    await dialog.getByRole('button', { name: 'Connect' }).click();
    await dialog.getByText('The camera cannot be reached yet').waitFor();
    await dialog.getByRole('alert').filter({ hasText: 'ECONNREFUSED' }).waitFor();
    await dialog.getByRole('button', { name: 'Change the settings' }).click();
    await dialog.getByLabel('Address').fill(gateway.rtspUrl('entrance'));
    await dialog.getByRole('tabpanel').getByLabel('Name of the stream').fill('pulled');
    await dialog.getByRole('button', { name: 'Connect' }).click();
    await dialog.getByText('It is live').waitFor();
    await dialog.getByRole('button', { name: 'Watch it' }).click();
    await page.waitForURL('**/streams/pulled');
    await playing(page);
    expect((await gateway.api('/api/v1/ingests')) as object).toMatchObject({
      ingests: [{ stream_id: 'pulled' }],
    });
    await gateway.api('/api/v1/streams/pulled/stop', 'POST');
    await page.close();
  });

  it('waits for an encoder under a name, and says where to publish', async () => {
    const page = await open('/streams');
    await page.getByRole('heading', { name: 'Streams' }).waitFor();
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('tab', { name: 'RTMP encoder' }).click();
    await dialog
      .getByRole('tabpanel', { name: 'RTMP encoder' })
      .getByLabel('Name of the stream')
      .fill('hall');
    await dialog.getByRole('button', { name: 'Wait for it' }).click();
    await dialog.getByText(gateway.rtmpUrl('hall')).waitFor();
    publishers.push(publisher(gateway.rtmpUrl('hall'), 'libx264', 'flv'));
    await dialog.getByText('It is live').waitFor();
    await page.close();
  });

  it('shows what the API said of a mistake, and by which request it is found in the log', async () => {
    const page = await open('/streams/entrance');
    await page.getByRole('tab', { name: 'Sent on' }).click();
    await page.getByRole('button', { name: 'Send the stream on' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address to publish to').fill('ftp://elsewhere');
    await dialog.getByRole('button', { name: 'Send on' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/[A-Z_]+ · Request [0-9a-f-]{36}/)
      .waitFor();
    await page.close();
  });

  it('shows several streams, says which this browser cannot play, and lets go of what is not seen', async () => {
    const page = await open('/wall?n=4');
    const count = 'document.querySelectorAll(".player[data-phase=playing]").length';
    await until('two play', async () => ((await page.evaluate(count)) as number) >= 2, 20_000);
    await page.getByText('This browser cannot play this codec').waitFor();
    const viewers = async () => (await gateway.stream('entrance')).viewers.count;
    expect(await viewers()).toBeGreaterThan(0);
    await page.getByText('1', { exact: true }).first().click();
    await page.getByRole('link', { name: 'Streams' }).click();
    await until('nobody watches', async () => (await viewers()) === 0);
    await page.close();
  });

  it('plays what this browser lacks the codec of, once it is asked to have it converted', async () => {
    for (const [language, words] of [
      ['en', 'Play it converted'],
      ['zh', '转码播放'],
    ] as const) {
      const page = await open('/streams/dock', language);
      await page.getByRole('button', { name: words }).click();
      await page.locator('.player[data-phase=playing]').waitFor();
      await playing(page);
      expect(gateway.transcoders).toHaveLength(1);
      await page.close();
    }
  });

  it('plays inside the page of another site', async () => {
    await using site = await PlayerSite.start();
    const page = await browser.page();
    await page.goto(site.url);
    const address = `http://127.0.0.1:${gateway.apiPort}/embed/entrance`;
    await page.evaluate(
      `document.body.innerHTML = '<iframe src="${address}" width="640" height="360" allow="autoplay"></iframe>'`,
    );
    const frame = page.frameLocator('iframe');
    await frame.locator('.player[data-phase=playing]').waitFor();
    await page.close();
    // The rest of the console may not be put into frames.
    const answer = await fetch(`http://127.0.0.1:${gateway.apiPort}/streams`);
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('says why a camera shows no picture, and saves what is known of it for support', async () => {
    await gateway.api('/api/v1/streams/ingest', 'POST', {
      ...{ protocol: 'rtsp', stream_id: 'yard' },
      source: { rtsp: { url: 'rtsp://127.0.0.1:9/stream1' } },
    });
    const page = await open('/streams/yard');
    await page.getByText('Something is wrong').waitFor();
    await page.getByText('Check address, port and path of the URL').waitFor();
    await page.getByRole('tab', { name: 'Diagnosis' }).click();
    await page.getByText('The camera described its stream').waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save for support' }).click();
    const saved = JSON.parse(await readFile(await (await saving).path(), 'utf8')) as Record<string, object>;
    expect(saved).toMatchObject({
      stream: { stream_id: 'yard' },
      diagnosis: { verdict: 'failing', missing_step: 'connected' },
      server: { version: 'test' },
    });
    expect(await seriousProblems(page)).toEqual([]);
    await gateway.api('/api/v1/streams/yard/stop', 'POST');
    await page.close();
  });

  it('shows the last picture of a stream that is lost, and how old it is', async () => {
    const lost = publisher(gateway.rtmpUrl('lost'), 'libx264', 'flv');
    await gateway.untilLive('lost');
    await fetch(`http://127.0.0.1:${gateway.apiPort}/api/v1/streams/lost/snapshot?width=960`);
    const page = await open('/streams/lost');
    await page.getByRole('heading', { name: 'lost' }).waitFor();
    await lost[Symbol.asyncDispose]();
    await page.getByText(/Last picture, \d+.s old/).waitFor();
    const width = 'document.querySelector(".last-picture img").naturalWidth';
    await until('the picture', async () => ((await page.evaluate(width)) as number) > 0);
    await page.close();
  });

  it('finds a day with recordings in the calendar, by the keyboard alone', async () => {
    const page = await browser.page();
    await fakeRecordings(page);
    await page.addInitScript(`localStorage.setItem('flux-language', 'en')`);
    await page.goto(`http://127.0.0.1:${gateway.apiPort}/recordings`);
    await page.getByRole('button', { name: /202\d/ }).focus();
    await page.keyboard.press('Enter');
    const calendar = page.locator('.month');
    await calendar.locator('[aria-pressed=true]:focus').waitFor();
    for (let week = 0; week < 5; week++) await page.keyboard.press('ArrowUp');
    await calendar.locator('[data-day]:focus').waitFor();
    const day = (await calendar.locator('[data-day]:focus').getAttribute('data-day')) ?? '';
    expect((Date.now() - Date.parse(`${day}T00:00`)) / 86_400_000).toBeGreaterThan(34);
    expect(await calendar.getByRole('button', { name: /with recordings/ }).count()).toBeGreaterThan(5);
    expect(await seriousProblems(page)).toEqual([]);
    const asked = page.waitForRequest(request => request.url().includes('/api/v1/recordings?'));
    await page.keyboard.press('Enter');
    const from = new URL((await asked).url()).searchParams.get('from');
    expect(from).toBe(new Date(`${day}T00:00`).toISOString());
    await calendar.waitFor({ state: 'detached' });
    await page.close();
  });

  it('stays small with 500 streams', async () => {
    const page = await browser.page();
    await page.route('**/api/v1/streams?*', route => route.fulfill({ json: fakeStreams(500) }));
    await page.goto(`http://127.0.0.1:${gateway.apiPort}/streams`);
    await page.getByText('500 streams').waitFor();
    const rows = page.locator('.stream-row');
    expect(await rows.count()).toBeLessThan(50);
    // A part of the list in each frame: how long frames take, and how long anything keeps the page from the next.
    const { frames, longest } = (await page.evaluate(SCROLL)) as { frames: number[]; longest: number };
    const middle = frames.sort((one, other) => one - other)[frames.length / 2] ?? 0;
    console.log(
      `500 streams: a frame takes ${middle.toFixed(1)} ms in the middle, a task at most ${longest} ms`,
    );
    expect(middle).toBeLessThan(250);
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await page.getByRole('link', { name: /camera-499/ }).waitFor();
    expect(await rows.count()).toBeLessThan(50);
    await page.close();
  });

  it('asks who one is where the server does, and shows administrators what they administer', async () => {
    const page = await browser.page();
    const server = await fakeAccounts(page);
    await page.goto(`http://127.0.0.1:${gateway.apiPort}/users`);
    await page.getByLabel('User name').fill('ada');
    await page.locator('input[type=password]').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor();
    await page.locator('input[type=password]').fill('correct horse battery');
    await page.getByRole('button', { name: 'Log in' }).click();
    // The address that was asked for is gone to.
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    await page.getByRole('cell', { name: 'grace', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete: grace' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('cell', { name: 'grace', exact: true }).waitFor({ state: 'detached' });
    expect(server.changes).toEqual([{ method: 'DELETE', path: '/api/v1/users/u2', proof: 'proof' }]);
    for (const [link, heading] of [
      ['API keys', 'API keys'],
      ['Audit log', 'Audit log'],
      ['Hooks', 'Hooks'],
      ['Tenants', 'Tenants'],
    ] as const) {
      await page.getByRole('link', { name: link }).click();
      await page.getByRole('heading', { name: heading }).waitFor();
    }
    expect(await seriousProblems(page)).toEqual([]);
    await page.close();
  });

  it('speaks Chinese on a phone, in the dark', async () => {
    const page = await open('/', 'zh', phone);
    await page.getByRole('heading', { name: '概览' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    await page.getByRole('banner').getByRole('button', { name: '菜单' }).click();
    await page.getByRole('link', { name: '视频流' }).click();
    await page.getByRole('link', { name: /entrance/ }).click();
    await playing(page);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
    await page.close();
  });

  it.each([
    ['/', 'Dashboard'],
    ['/streams', 'Streams'],
    ['/streams/entrance', 'entrance'],
    ['/streams/dock', 'dock'],
    ['/wall', 'Wall'],
    ['/recordings', 'Recordings'],
    ['/devices', 'GB28181 devices'],
    ['/nodes', 'Nodes'],
    ['/settings', 'Settings'],
  ])('has nothing serious for axe at %s, wide and light, narrow and dark', async (path, heading) => {
    const look = async (from: TestBrowser) => {
      const page = await open(path, 'en', from);
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
      const problems = await seriousProblems(page);
      await page.close();
      return problems;
    };
    expect(await Promise.all([look(browser), look(phone)])).toEqual([[], []]);
  });

  it('had no errors in any page', () => {
    expect(complaints).toEqual([]);
  });
});
