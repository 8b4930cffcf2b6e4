import { describe, expect, it } from 'vitest';
import { pageAssets } from './assets.ts';

const assets = await pageAssets();
const text = (path: string) => assets.get(path)?.body.toString() ?? '';
const scripts = [...assets.keys()].filter(path => path.endsWith('.ts'));

describe('pageAssets', () => {
  it('holds everything that the page and its modules ask for', () => {
    const html = text('/');
    const asked = [...html.matchAll(/(?:src|href)="(\/[^"]+\.\w+)"/g)].map(match => match[1] ?? '');
    expect(asked).toContain('/app.ts');
    for (const script of scripts) {
      for (const match of text(script).matchAll(/(?:^(?:import|}).* from |import\()'([^']+)'/gm)) {
        asked.push(new URL(match[1] ?? '', `http://page${script}`).pathname);
      }
    }
    expect(asked).toEqual(expect.arrayContaining(['/api.ts', '/vendor/hls.js', '/vendor/mpegts.js']));
    for (const path of asked) expect(assets.has(path), path).toBe(true);
  });

  it('serves modules that a browser understands', () => {
    for (const script of scripts) {
      expect(assets.get(script)?.type).toBe('text/javascript; charset=utf-8');
      expect(text(script)).not.toMatch(/^(?:export )?(?:interface|type) |^import type/m);
    }
    expect(scripts.some(path => path.includes('.test.'))).toBe(false);
  });

  it('gives mpegts.js the form of a module', async () => {
    const url = `data:text/javascript;base64,${assets.get('/vendor/mpegts.js')?.body.toString('base64')}`;
    expect(text('/vendor/mpegts.js')).toMatch(/export default module\.exports;\n$/);
    // The library asks for the browser's window as it is loaded.
    await expect(import(/* @vite-ignore */ url)).rejects.toThrow(/window|self|navigator/);
  });

  it('loads nothing from elsewhere and runs nothing inline', () => {
    expect(text('/')).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|style=/);
    expect(text('/')).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    for (const path of ['/style.css', '/stream.css']) expect(text(path)).not.toMatch(/url\(|@import/);
  });

  it('writes the names that strangers chose as text alone', () => {
    for (const script of scripts) {
      expect(text(script), script).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/,
      );
    }
  });
});
