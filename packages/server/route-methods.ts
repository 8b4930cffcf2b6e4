import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** Remembers which methods each path takes: the router answers a wrong method like an unknown path. */
export class RouteMethods {
  readonly #routes: KnownRoute[] = [];

  /** Before the routes are added to `app`. */
  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }) => {
      const pattern = url
        .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll(/:[^/]+/g, '[^/]+')
        .replaceAll('*', '.*');
      this.#routes.push({ pattern: new RegExp(`^${pattern}$`), methods: [method].flat() });
    });
  }

  of(path: string): string[] {
    const methods = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap(route => route.methods);
    return [...new Set(methods)].sort();
  }
}
