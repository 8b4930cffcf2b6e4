import { chromium } from 'playwright-core';

const [, , url, secs = '60'] = process.argv;
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--mute-audio',
    '--disable-dev-shm-usage',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--autoplay-policy=no-user-gesture-required',
  ],
});
const page = await b.newPage();
await page.goto(url!);
await page.waitForTimeout(Number(secs) * 1000);
console.log(
  JSON.stringify(await page.evaluate('window.ev')).replaceAll('],[', ']\n['),
  await page.evaluate(
    '[v.currentTime, v.videoWidth, v.getVideoPlaybackQuality().droppedVideoFrames, v.getVideoPlaybackQuality().totalVideoFrames]',
  ),
);
await b.close();
