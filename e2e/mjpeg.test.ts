/** Scenario 38: JPEG pictures over HTTP. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestBrowser } from './support/browser.ts';
import { clip } from './support/clips.ts';
import { record, TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

async function publish(gateway: TestGateway, id: string): Promise<RunningProcess> {
  const publisher = new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-stream_loop', '-1', '-i', await clip('h264-aac-large.flv')],
    ...['-c', 'copy', '-f', 'flv', gateway.rtmpUrl(id)],
  ]);
  await gateway.untilLive(id);
  return publisher;
}

const urlOf = (gateway: TestGateway, id: string) => `http://127.0.0.1:${gateway.mediaPort}/mjpeg/${id}.mjpg`;

/** What is shown of the image: its colours, as a string. */
const LOOK = `(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 32;
  canvas.height = 18;
  const context = canvas.getContext('2d');
  const image = document.querySelector('img');
  context.drawImage(image, 0, 0, 32, 18);
  return image.naturalWidth + 'x' + image.naturalHeight + ' ' + context.getImageData(0, 0, 32, 18).data.join();
})()`;

describe.skipIf(lacks('ffmpeg', 'chromium'))('MJPEG', () => {
  it('is read by ffmpeg and shown by Chromium, of one encoder; who is slow gets the newest', {
    timeout: 90_000,
  }, async () => {
    await using gateway = await TestGateway.start({ 'media.on_demand_linger': 1 });
    await using _publisher = await publish(gateway, 'cam1');
    const url = urlOf(gateway, 'cam1');

    // It never reads.
    const slow = connect(gateway.mediaPort, '127.0.0.1').pause();
    slow.on('error', () => {});
    slow.write('GET /mjpeg/cam1.mjpg HTTP/1.1\r\nHost: x\r\n\r\n');

    using file = record.temporary('pictures.mkv');
    const saved = await run(
      'ffmpeg',
      ['-v', 'error', '-f', 'mpjpeg', '-i', url, '-frames:v', '20', '-c', 'copy', file.path],
      30_000,
    );
    expect(saved.stderr).toBe('');
    const probed = await run('ffprobe', [
      ...['-v', 'error', '-count_frames', '-of', 'json', '-show_entries'],
      ...['stream=codec_name,width,height,nb_read_frames', file.path],
    ]);
    expect(probed.stderr).toBe('');
    expect(JSON.parse(probed.stdout).streams).toMatchObject([
      { codec_name: 'mjpeg', width: 854, height: 480, nb_read_frames: '20' },
    ]);

    await using browser = await TestBrowser.start();
    const page = await browser.page();
    await page.setContent(`<img crossorigin src="${url}">`);
    const look = async () => (await page.evaluate(LOOK)) as string;
    await until('it is shown', async () => (await look()).startsWith('854x480'), 15_000);
    const first = await look();
    await until('it moves', async () => (await look()) !== first, 15_000);
    expect(gateway.transcoders).toHaveLength(1);

    const viewers = gateway.orchestrator.findStream('cam1.mjpeg')?.viewers ?? [];
    const [mine] = [...viewers].sort((one, other) => one.since - other.since);
    await until('it falls behind', () => (mine?.skips ?? 0) > 0, 30_000);
    slow.destroy();
    await page.close();
    await until('nobody watches', () => gateway.transcoders.length === 0, 15_000);
  });

  it('says why there is none', async () => {
    await using gateway = await TestGateway.start({ 'transcode.profiles': [{ name: 'h264' }] });
    const publisher = new RunningProcess(process.execPath, [
      join(import.meta.dirname, 'support/ffmpeg8.ts'),
      ...['remux', await clip('aac.flv'), gateway.rtmpUrl('sound')],
    ]);
    await using _sound = publisher;
    await using _publisher = await publish(gateway, 'cam1');
    await gateway.untilLive('sound');
    const codeOf = async (id: string) => {
      const answer = await fetch(urlOf(gateway, id));
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    expect(await codeOf('nobody')).toEqual([404, 'STREAM_NOT_FOUND']);
    expect(await codeOf('sound')).toEqual([409, 'CODEC_UNSUPPORTED']);
    expect(await codeOf('cam1')).toEqual([404, 'NOT_PLAYABLE']);
  });
});
