import type { RouteOptions } from 'fastify';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** The methods of each path, to tell a wrong method from a wrong path. Used only when no route matched. */
export class RouteTable {
  private readonly routes = new Map<string, Route>();

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    const route = this.routes.get(url) ?? { pattern: toPattern(url), methods: new Set() };
    for (const name of [method].flat()) route.methods.add(name);
    this.routes.set(url, route);
  }

  /** `OPTIONS` is answered for every path that has a route. */
  methodsOf(path: string): readonly string[] {
    const matching = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    const methods = new Set(matching.flatMap((route) => [...route.methods]));
    return methods.size === 0 ? [] : [...methods.add('OPTIONS')].sort();
  }
}

/** `/messages/:seq` → any one segment in place of the parameter. */
function toPattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}
