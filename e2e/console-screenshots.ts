/**
 * Pictures of every page of the console: `node e2e/console-screenshots.ts FOLDER [part of a name]`. With `docs/images`
 * as the folder, those of docs/console.md; with any other, each page in English, light and wide, and in Chinese, dark and narrow.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { ensureBuilt } from '../packages/console/build.ts';
import { TestBrowser } from './support/browser.ts';
import { ConsoleDemo } from './support/console-demo.ts';
import { fakeAccounts, fakeRecordings } from './support/fake-api.ts';
import { run } from './support/processes.ts';

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly isGuarded?: boolean;
  /** What is done before the picture is taken. */
  prepare?(page: Page, isChinese: boolean): Promise<unknown>;
}

const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));
const PASSWORD = 'correct horse battery';

async function logIn(page: Page): Promise<void> {
  await page.locator('input[autocomplete=username]').fill('ada');
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.locator('button[type=submit]').click();
  await wait(600);
}

async function chooseChannel(page: Page): Promise<void> {
  await page.locator('.devices nav button').first().click();
  await page.getByText('North gate').click();
}

const SHOTS: readonly Shot[] = [
  { name: 'dashboard', path: '/', prepare: () => wait(6000) },
  { name: 'streams', path: '/streams' },
  { name: 'stream', path: '/streams/entrance', prepare: () => wait(7000) },
  {
    name: 'diagnosis',
    path: '/streams/yard',
    prepare: page => page.locator('[role=tab]').nth(1).click(),
  },
  { name: 'offline', path: '/streams/gate' },
  {
    name: 'add-camera',
    path: '/streams',
    prepare: async page => {
      await page.keyboard.press('a');
      const dialog = page.getByRole('dialog');
      await dialog.locator('input').first().fill('rtsp://127.0.0.1:9/stream1');
      await dialog.locator('button[type=submit]').first().click();
      await wait(2500);
    },
  },
  { name: 'wall', path: '/wall?n=4', prepare: () => wait(4000) },
  {
    name: 'recordings',
    path: '/recordings',
    prepare: async page => {
      await page.locator('[aria-haspopup=dialog]').first().click();
      await page.locator('.month-head button').first().click();
      await wait(400);
    },
  },
  { name: 'recordings-none', path: '/recordings?none' },
  { name: 'devices', path: '/devices', prepare: chooseChannel },
  {
    name: 'device',
    path: '/devices',
    prepare: async page => {
      await chooseChannel(page);
      await page
        .locator('.channel-closed button')
        .click({ timeout: 3000 })
        .catch(() => {});
      await wait(6000);
    },
  },
  {
    name: 'device-records',
    path: '/devices',
    prepare: async page => {
      await chooseChannel(page);
      await page.locator('[role=tab]').nth(1).click();
      await page.locator('[aria-haspopup=dialog]').first().waitFor();
      await page.getByRole('group').locator('button').first().click();
      await page.locator('.records button').nth(1).click();
      await wait(5000);
    },
  },
  { name: 'nodes', path: '/nodes', prepare: () => wait(5000) },
  { name: 'login', path: '/?login', isGuarded: true },
  ...['tenants', 'users', 'keys', 'hooks', 'audit'].map(name => ({
    ...{ name, path: `/${name}`, isGuarded: true },
    prepare: logIn,
  })),
  { name: 'settings', path: '/settings', isGuarded: true, prepare: logIn },
  {
    name: 'share',
    path: '/streams/hall',
    prepare: async page => {
      await page
        .locator('.actions button')
        .filter({ hasText: /Share|分享/ })
        .click();
      await wait(600);
    },
  },
];

interface Look {
  readonly language: 'en' | 'zh';
  readonly scheme: 'light' | 'dark';
  readonly isPhone: boolean;
}

/** How each picture of the documentation looks, where not in English, light and wide. */
const DOCUMENTED: Readonly<Record<string, Partial<Look>>> = {
  stream: { scheme: 'dark' },
  wall: { language: 'zh', scheme: 'dark' },
  device: { scheme: 'dark' },
  recordings: { language: 'zh' },
};
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

async function shoot(demo: ConsoleDemo, browser: TestBrowser, shot: Shot, look: Look, file: string) {
  const page = await browser.page();
  page.setDefaultTimeout(20_000);
  await page.addInitScript(`localStorage.setItem('flux-language', '${look.language}')`);
  if (shot.isGuarded) await fakeAccounts(page);
  if (shot.name === 'recordings') await fakeRecordings(page);
  try {
    await page.goto(`${demo.url}${shot.path}`);
    await wait(1500);
    await shot.prepare?.(page, look.language === 'zh');
    await page.locator('.mantine-Loader-root').first().waitFor({ state: 'detached' });
    await wait(400);
    await page.screenshot({ path: file });
  } catch (error) {
    console.log(`${shot.name}: ${error}`);
    await page.screenshot({ path: file });
  } finally {
    await page.close();
  }
}

/** Pictures of the documentation are small. */
async function compress(png: string): Promise<void> {
  const args = [
    '-v',
    'error',
    '-y',
    '-i',
    png,
    '-c:v',
    'libwebp',
    '-quality',
    '82',
    '-compression_level',
    '6',
  ];
  await run('ffmpeg', [...args, png.replace(/\.png$/, '.webp')]);
  rmSync(png);
}

const [folder = 'screenshots', part = ''] = process.argv.slice(2);
const isDocumentation = basename(folder) === 'images';
const shots = SHOTS.filter(({ name }) => name.startsWith(part));
const looks: readonly Look[] = isDocumentation
  ? [{ language: 'en', scheme: 'light', isPhone: false }]
  : [
      { language: 'en', scheme: 'light', isPhone: false },
      { language: 'zh', scheme: 'dark', isPhone: true },
    ];

mkdirSync(folder, { recursive: true });
await ensureBuilt(console.log);
await using demo = await ConsoleDemo.start();
const browsers = new Map<string, Promise<TestBrowser>>();
const browserOf = ({ scheme, isPhone }: Look): Promise<TestBrowser> => {
  const key = `${scheme} ${isPhone}`;
  const browser = browsers.get(key) ?? TestBrowser.start(isPhone ? NARROW : WIDE, scheme);
  browsers.set(key, browser);
  return browser;
};
// The picture that is kept of a stream is made while it is there.
await fetch(`${demo.url}/api/v1/streams/gate/snapshot?width=960`);
for (const shot of shots) {
  if (shot.name === 'offline') await demo.loseGate();
  await Promise.all(
    looks.map(async look => {
      const taken = isDocumentation ? { ...look, ...DOCUMENTED[shot.name] } : look;
      const { language, scheme, isPhone } = taken;
      const name = isDocumentation
        ? `console-${shot.name}`
        : `${shot.name}-${language}-${scheme}${isPhone ? '-phone' : ''}`;
      const file = join(folder, `${name}.png`);
      await shoot(demo, await browserOf(taken), shot, taken, file);
      if (isDocumentation) await compress(file);
      console.log(file);
    }),
  );
}
await Promise.all([...browsers.values()].map(async browser => (await browser)[Symbol.asyncDispose]()));
