import { describe, expect, it } from 'vitest';
import { parseWrk, scriptOf } from './wrk.js';

const OUTPUT = `Running 2s test @ http://127.0.0.1:20001/messages/1
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.45ms    1.20ms  20.11ms   80.00%
  36000 requests in 2.00s, 9.99MB read
Requests/sec:  18000.00
RESULT {"requests":36000,"durationUs":2000000,"p50Us":3400,"p99Us":8100,"maxUs":20110,"failures":3}
`;

describe('what wrk found', () => {
  it('is read from the line of our own script', () => {
    expect(parseWrk(OUTPUT)).toEqual({
      requests: 36_000,
      seconds: 2,
      p50Ms: 3.4,
      p99Ms: 8.1,
      maxMs: 20.11,
      failures: 3,
    });
  });

  it('has no latency where nothing was answered', () => {
    const nothing = 'RESULT {"requests":0,"durationUs":2000000,"p50Us":0,"p99Us":0,"maxUs":0,"failures":64}';
    expect(parseWrk(nothing)).toMatchObject({ p50Ms: null, p99Ms: null, maxMs: null, failures: 64 });
  });

  it('is an error with what it said where the line is missing', () => {
    expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused\n')).toThrow('Connection refused');
  });
});

describe('the script for wrk', () => {
  const load = { url: 'http://127.0.0.1:1', clients: 1, seconds: 1, headers: { 'x-token': 'a "key"' } };

  it('holds headers and body as they are', () => {
    const script = scriptOf({ ...load, body: '{"message":"one"}\n{"message":"two"}' });
    expect(script).toContain('wrk.headers["x-token"] = "a \\"key\\""');
    expect(script).toContain('wrk.body = [==[\n{"message":"one"}\n{"message":"two"}]==]');
  });

  it('works out a body for every request where it is asked to', () => {
    const script = scriptOf({ ...load, body: { lua: 'string.format("%012d", number)' } });
    expect(script).toContain('return wrk.format(nil, nil, nil, string.format("%012d", number))');
  });
});
