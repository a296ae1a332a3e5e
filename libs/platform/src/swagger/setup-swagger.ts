import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { HEADERS } from '@replog/contracts';

/** `/docs` and `/docs-json`, open to everybody: they say what can be asked, and take the key to ask it with. */
export function setupSwagger(app: INestApplication, title: string): void {
  const document = new DocumentBuilder()
    .setTitle(title)
    .setDescription('A replicated log over HTTP in which every write says how many copies it wants.')
    .setVersion('1')
    .addApiKey({ type: 'apiKey', in: 'header', name: HEADERS.apiKey, description: 'the API key' }, 'x-token')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'the API key, or between nodes a token' }, 'bearer')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, document), {
    raw: ['json'],
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
}
