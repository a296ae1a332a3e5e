import { describe, expect, it } from 'vitest';
import type { MessageView } from '@replog/contracts/views.js';
import { parseAnswers } from './answers.js';
import { differences, fateOf, faultOfAnswer, Fates } from './judge.js';
import { faultsOf } from './resources.js';

function logOf(...messages: unknown[]): { nodeId: string; messages: MessageView[] } {
  const views = messages.map((message, place) => ({ seq: place + 1, epoch: 1, timestamp: '', key: null, message }));
  return { nodeId: 'node', messages: views };
}

function answerOf(status: number, body: string, type = 'application/problem+json') {
  const text = `HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  return parseAnswers(Buffer.from(text), false).answers[0];
}

describe('the judge of a hostile run', () => {
  it('finds what is lost, doubled, refused and stored all the same, smuggled, or sent by nobody', () => {
    const fates = new Fates();
    fates.add('acknowledged', 'acknowledged', 'a');
    fates.add('refused', 'refused', 'b');
    fates.add('open', 'open', 'c');
    fates.add('forbidden', 'forbidden', 'd');
    expect(fates.faultsIn(logOf('acknowledged'))).toEqual([]);
    expect(fates.faultsIn(logOf('acknowledged', 'open'))).toEqual([]);
    expect(fates.faultsIn(logOf())).toEqual(['node has 0 times a message that was acknowledged (a): "acknowledged"']);
    expect(fates.faultsIn(logOf('acknowledged', 'acknowledged', 'open', 'open'))).toHaveLength(2);
    expect(fates.faultsIn(logOf('acknowledged', 'refused', 'forbidden', 'unknown'))).toEqual([
      'node has 1 times a message that was refused (b): "refused"',
      'node has 1 times a message that was forbidden (d): "forbidden"',
      'node has a message that nobody sent: "unknown"',
    ]);
  });

  it('finds logs that are not the same', () => {
    expect(differences([logOf('a'), logOf('a')])).toEqual([]);
    expect(differences([logOf('a'), logOf('b')])).toHaveLength(1);
  });

  it('takes only an answer for a word', () => {
    const fates = [undefined, 500, 504, 200, 201, 202, 400, 503, 507].map((status) =>
      fateOf(status === undefined ? undefined : answerOf(status, '{}')),
    );
    const acknowledged = ['acknowledged', 'acknowledged', 'acknowledged'];
    expect(fates).toEqual(['open', 'open', 'open', ...acknowledged, 'refused', 'refused', 'refused']);
  });

  it('finds refusals that are no problem documents of the table', () => {
    const faultOf = (...args: Parameters<typeof answerOf>): string | null => {
      const answer = answerOf(...args);
      if (answer === undefined) throw new Error('no answer');
      return faultOfAnswer(answer);
    };
    expect(faultOf(200, 'anything', 'text/html')).toBeNull();
    expect(faultOf(400, '{"code":"MALFORMED_REQUEST"}')).toBeNull();
    expect(faultOf(400, 'Bad Request', 'text/plain')).toMatch(/has the type text\/plain/);
    expect(faultOf(400, '{"code":"toString"}')).toMatch(/no known code/);
    expect(faultOf(400, '{')).toMatch(/no known code/);
    expect(faultOf(404, '{"code":"MALFORMED_REQUEST"}')).toMatch(/its status is 400/);
    expect(faultOf(500, '{"code":"INTERNAL"}')).toMatch(/internal error/);
  });

  it('finds what a node has not let go', () => {
    const before = { descriptors: 30, memoryBytes: 60e6, residentBytes: 0 };
    expect(faultsOf(before, { descriptors: 34, memoryBytes: 65e6, residentBytes: 1e9 })).toEqual([]);
    expect(faultsOf(before, { descriptors: 35, memoryBytes: 70e6, residentBytes: 0 })).toEqual([
      'has 35 descriptors open, and had 30',
      'holds 66.8 MiB of live memory, and held 57.2',
    ]);
  });
});

describe('the answers in the bytes of a connection', () => {
  const parse = (text: string, isOver = false): [string[], string | null] => {
    const { answers, fault } = parseAnswers(Buffer.from(text), isOver);
    return [answers.map(({ status, body }) => `${status} ${String(body)}`), fault];
  };

  it('are told apart, with a length, in chunks, or to the end of the connection', () => {
    const sized = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none';
    const chunked = 'HTTP/1.1 201 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n';
    const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
    const toTheEnd = 'HTTP/1.1 200 OK\r\n\r\nthree';
    expect(parse(`${sized}${interim}${chunked}${toTheEnd}`)).toEqual([['200 one', '201 two'], null]);
    expect(parse(`${chunked}${toTheEnd}`, true)).toEqual([['201 two', '200 three'], null]);
    expect(parse(chunked.slice(0, -3), true)).toEqual([[], null]);
  });

  it('and bytes that are none are a fault', () => {
    expect(parse('HTTP/1.1 204 None\r\n\r\n{"left":"over"}')).toEqual([
      ['204 '],
      'an answer begins with "{\\"left\\":\\""',
    ]);
    expect(parse('HTTP/1.1 two\r\n\r\n')[1]).toMatch(/status line/);
    expect(parse('HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\n')[1]).toMatch(/the length "1, 1"/);
    expect(parse('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n')[1]).toMatch(/no size/);
  });
});
