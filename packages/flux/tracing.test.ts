import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Which of the packages of OpenTelemetry's SDK a process has loaded that starts traces by this configuration. */
function loadedWith(toml: string): string {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load: (url, context, next) => {
      const name = /node_modules\\/(@opentelemetry\\/[a-z-]+)/.exec(url)?.[1];
      if (name) loaded.add(name);
      return next(url, context);
    } });
    const { startTracing } = await import('./tracing.ts');
    const { parseConfig } = await import('./config/loader.ts');
    const { config } = parseConfig(${JSON.stringify(toml)}, {}, 'test');
    const tracing = await startTracing(config, '1', () => {});
    await tracing?.close();
    console.log(JSON.stringify([tracing !== undefined, [...loaded].includes('@opentelemetry/sdk-trace')]));`;
  const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], options).stdout;
}

it('are only begun, and what they take only loaded, where there is somewhere to send them', () => {
  expect(JSON.parse(loadedWith(''))).toEqual([false, false]);
  expect(JSON.parse(loadedWith('[observability]\notlp_endpoint = "http://127.0.0.1:9"'))).toEqual([
    true,
    true,
  ]);
});
