/**
 * Security headers of the pages for people, and of nothing else: no API answer pays for them. Swagger UI brings its scripts
 * as files; only its styles are inline.
 */
import type { FastifyInstance, RouteOptions, onRequestHookHandler } from 'fastify';
import helmet from 'helmet';

const secure = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  // Whether there is TLS is up to what stands in front of the node.
  strictTransportSecurity: false,
});

const onRequest: onRequestHookHandler = (request, reply, done) => {
  secure(request.raw, reply.raw, (error) => done(error as Error | undefined));
};

/** Call it before the routes are added. */
export function protectPages(fastify: Pick<FastifyInstance, 'addHook'>): void {
  fastify.addHook('onRoute', (route) => {
    if (isPage(route)) route.onRequest = [onRequest, ...[route.onRequest ?? []].flat()];
  });
}

function isPage({ url }: Pick<RouteOptions, 'url'>): boolean {
  return url === '/docs' || url.startsWith('/docs/');
}
