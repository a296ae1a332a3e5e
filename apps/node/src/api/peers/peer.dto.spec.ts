import { Readable } from 'node:stream';
import { TransferRequestDto } from '@replog/master/transfer/transfer.dto.js';
import { LeaveDto, RegisterDto } from '@replog/master/registry/register.dto.js';
import { InflightBodies } from '@replog/http/requests/inflight-bodies.js';
import { JsonBodies, JsonBody } from '@replog/http/requests/json-bodies.js';
import { RequestPipe } from '@replog/http/requests/request.pipe.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { describe, expect, it } from 'vitest';
import { PromoteDto } from '../cluster/promote.dto.js';
import { PingDto, VoteDto } from './peer.dto.js';

const MASTER = { nodeId: 'n1', url: 'http://n1' };
const PING = { clusterId: 'c', epoch: 2, master: MASTER, incarnation: 'i1' };
const REGISTER = { clusterId: 'c', nodeId: 'n2', incarnation: 'i1', port: 1, epoch: 0, lastIndex: 0 };

async function read(metatype: new () => object, body: object): Promise<unknown> {
  const config = testConfig();
  const pipe = new RequestPipe(new JsonBodies(config, new InflightBodies(config)));
  const unread = new JsonBody(Readable.from([Buffer.from(JSON.stringify(body))]));
  return { ...((await pipe.transform(unread, { type: 'body', metatype })) as object) };
}

describe('bodies between nodes', () => {
  it.each<[string, new () => object, object]>([
    ['ping', PingDto, PING],
    ['vote', VoteDto, { clusterId: 'c', epoch: 2, candidate: 'n2' }],
    ['transfer', TransferRequestDto, { clusterId: 'c', candidate: 'n2' }],
    ['registration', RegisterDto, REGISTER],
    ['leave', LeaveDto, { clusterId: 'c', nodeId: 'n2', incarnation: 'i1' }],
  ])('of a later build may have more members: %s', async (_name, dto, body) => {
    const known = await read(dto, body);
    expect(known).toMatchObject(body);
    expect(await read(dto, { ...body, later: { deep: [1] }, constructor: 1 })).toEqual(known);
  });

  it('may have more members in the objects they hold', async () => {
    const { master } = (await read(PingDto, { ...PING, master: { ...MASTER, later: 1 } })) as PingDto;
    expect({ ...master }).toEqual(MASTER);
  });

  it('are checked as before', async () => {
    await expect(read(PingDto, { ...PING, epoch: '2' })).rejects.toMatchObject({ code: 'INVALID_BODY' });
    await expect(read(RegisterDto, { ...REGISTER, url: 'no address' })).rejects.toMatchObject({ code: 'INVALID_BODY' });
  });
});

it('a body of a client may have no member that is not known', async () => {
  const refusal = read(PromoteDto, { dryRun: true, later: 1 });
  await expect(refusal).rejects.toMatchObject({ code: 'INVALID_BODY', details: { extra: { field: 'later' } } });
});
