import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ReplogError } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import type { LogStore, OrphanSet } from '@replog/log-store/log-store.port.js';
import { LOG_STORE } from '@replog/runtime/tokens/injection-tokens.js';
import { formatMessage } from '@replog/cluster/reads/message-format.js';
import { NoBody } from '@replog/http/requests/no-body.guard.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { messagesOfOrphans } from '@replog/cluster/orphans/orphan-messages.js';
import { OrphanMessagesDto, OrphanSetListDto, ReappendedDto } from './orphan.dto.js';
import { ReappendService } from '@replog/cluster/orphans/reappend.service.js';
import type { Reappended } from '@replog/cluster/orphans/reappend.service.js';

/** Records that changes of master have set aside on this node. Each node has its own. */
@ApiTags('orphans')
@OpenTo('admin')
@Controller('orphans')
export class OrphansController {
  constructor(
    @Inject(LOG_STORE) private readonly store: LogStore,
    private readonly reappends: ReappendService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The orphan sets of this node, oldest first' })
  @ApiOkResponse({ type: OrphanSetListDto })
  @Answers('INVALID_PARAMETER')
  async list(): Promise<{ data: readonly OrphanSet[] }> {
    return { data: await this.store.orphanSets() };
  }

  @Get(':id')
  @ApiOperation({ summary: 'An orphan set and its messages, streamed' })
  @ApiParam({ name: 'id', example: 'epoch-4-records-40-41' })
  @ApiOkResponse({ type: OrphanMessagesDto })
  @Answers('INVALID_PARAMETER', 'NOT_FOUND', 'CORRUPT_RECORD')
  async read(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const set = await this.require(id);
    void reply.type(`${MEDIA.json}; charset=utf-8`).send(Readable.from(this.format(set), { objectMode: false }));
  }

  @Post(':id/reappend')
  @HttpCode(200)
  @NoBody()
  @ApiOperation({
    summary: 'Appends the messages of a set again, at the master',
    description:
      'In order, under their own keys or keys derived from their records: a second call appends nothing twice.',
  })
  @ApiParam({ name: 'id', example: 'epoch-4-records-40-41' })
  @ApiOkResponse({ type: ReappendedDto })
  @Answers(
    'INVALID_BODY',
    'INVALID_PARAMETER',
    'NOT_FOUND',
    'CORRUPT_RECORD',
    'NO_MASTER',
    'NO_QUORUM',
    'OVERLOADED',
    'STORAGE_FULL',
    'STORAGE_STALLED',
  )
  async reappend(@Param('id') id: string): Promise<Reappended> {
    await this.require(id);
    return this.reappends.reappend(id);
  }

  private async require(id: string): Promise<OrphanSet> {
    const set = (await this.store.orphanSets()).find((one) => one.id === id);
    if (set !== undefined) return set;
    throw new ReplogError('NOT_FOUND', `There is no orphan set ${JSON.stringify(id)} here; GET /orphans lists them.`);
  }

  private async *format(set: OrphanSet): AsyncGenerator<Buffer, void, undefined> {
    yield Buffer.from(`{"set":${JSON.stringify(set)},"data":[`);
    let separator = '';
    for await (const message of messagesOfOrphans(this.store, set.id)) {
      yield Buffer.concat([Buffer.from(separator), formatMessage(message)]);
      separator = ',';
    }
    yield Buffer.from(']}');
  }
}
