import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { HEADERS } from '@replog/contracts/http.js';

import { withoutDto } from './schema-names.js';

/** The OpenAPI document of a node. `/docs-json` returns it, and `docs/api.md` is generated from it. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const document = new DocumentBuilder()
    .setTitle('Replog')
    .setDescription(
      'A replicated log over HTTP in which every write says how many copies it wants. Beside the routes below, a ' +
        'secondary takes the WebSocket `/replication`, under the token of a node: the link to its master.',
    )
    .setVersion('1')
    .addTag('messages', 'write and read')
    .addTag('receipts', 'what became of a write')
    .addTag('cluster', 'who is in it, and how they are')
    .addTag('health')
    .addTag('observability')
    .addApiKey({ type: 'apiKey', in: 'header', name: HEADERS.apiKey, description: 'the API key' }, 'x-token')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'the API key, or between nodes a token' }, 'bearer')
    .build();
  return withoutDto(SwaggerModule.createDocument(app, document));
}

/** `/docs` and `/docs-json`, without a key: they list the routes, and the page takes the key for trying them. */
export function setupSwagger(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    raw: ['json'],
    // The browser forgets the key with the page. No validator elsewhere is asked about the document.
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true, validatorUrl: null },
  });
}
