import { beforeAll, describe, expect, it } from 'vitest';
import { type PageAsset, pageAssets } from './assets.ts';
import { ensureBuilt } from './build.ts';

describe('the built console', () => {
  let assets: Map<string, PageAsset>;
  const text = (path: string) => assets.get(path)?.body.toString() ?? '';

  beforeAll(async () => {
    await ensureBuilt();
    assets = await pageAssets();
  }, 60_000);

  it('is not built again while its sources are the same', async () => {
    expect(await ensureBuilt()).toBe(false);
  });

  it('answers every page of the console with the same document', () => {
    for (const path of ['/', '/streams', '/streams/*', '/wall', '/embed/*'])
      expect(text(path)).toContain('<div id="root">');
    expect(assets.has('/index.html')).toBe(false);
  });

  it('has everything that the document asks for, under names that change with the contents', () => {
    const asked = [...text('/').matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(match => match[1] ?? '');
    expect(asked.length).toBeGreaterThan(1);
    for (const path of asked) expect(assets.get(path)?.immutable, path).toBe(true);
  });

  it('loads nothing from elsewhere and runs nothing inline', () => {
    expect(text('/')).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
    expect(text('/')).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    for (const [path, { body }] of assets)
      if (path.endsWith('.css')) expect(body.toString()).not.toMatch(/url\(["']?(?:https?:)?\/\/|@import/);
  });

  it('has its texts compressed already', () => {
    for (const [path, { compressed, body }] of assets)
      if (path.endsWith('.js') && body.length > 2000)
        expect(compressed?.br.length, path).toBeLessThan(body.length);
  });
});
