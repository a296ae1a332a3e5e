import { Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TailTokenView } from '@replog/contracts/views.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { NoBody } from '@replog/http/requests/no-body.guard.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import { TailTokens } from '@replog/runtime/tokens/tail-tokens.js';
import { TailTokenDto } from './tail-token.dto.js';

@ApiTags('messages')
@OpenTo('client')
@Controller('tail-tokens')
export class TailTokensController {
  constructor(private readonly tails: TailTokens) {}

  @Post()
  @HttpCode(200)
  @NoBody()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'A token that opens a live tail from a browser',
    description:
      'For an `EventSource`, which sends no key: `GET /messages?token=…` at any node of the cluster. It opens live tails and ' +
      'nothing else, for five minutes. A tail that is open by then stays open; one that connects again later is answered 401.',
  })
  @ApiOkResponse({ type: TailTokenDto })
  @Answers('INVALID_BODY')
  async issue(): Promise<TailTokenView> {
    const { token, expiresMs } = await this.tails.issue();
    return { token, expiresAt: isoTime(expiresMs) };
  }
}
