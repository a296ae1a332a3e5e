import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureDetector } from './failure-detector.js';

describe('FailureDetector', () => {
  it('suspects a node until it is heard from', () => {
    const detector = new FailureDetector(3, 5);
    expect([detector.state, detector.since, detector.reason]).toEqual(['SUSPECTED', 5, 'not heard from yet']);
    expect(detector.pingAnswered(6)).toBe(true);
    expect([detector.state, detector.since, detector.missedPings]).toEqual(['HEALTHY', 6, 0]);
  });

  it('goes over SUSPECTED to UNREACHABLE with the missed pings, and straight back with an answer', () => {
    const detector = new FailureDetector(3, 0);
    detector.pingAnswered(1);
    expect([2, 3, 4, 5].map((nowMs) => [detector.pingMissed(nowMs, 'timeout'), detector.state])).toEqual([
      [true, 'SUSPECTED'],
      [false, 'SUSPECTED'],
      [true, 'UNREACHABLE'],
      [false, 'UNREACHABLE'],
    ]);
    expect([detector.since, detector.reason]).toEqual([4, '4 pings missed: timeout']);
    expect([detector.pingAnswered(9), detector.state, detector.missedPings]).toEqual([true, 'HEALTHY', 0]);
    expect(detector.pingAnswered(10)).toBe(false);
    expect(detector.since).toBe(9);
  });

  it('suspects a node that lost its link, but keeps it unreachable if it was', () => {
    const detector = new FailureDetector(1, 0);
    detector.pingAnswered(1);
    expect([detector.linkLost(2, 'reset'), detector.state, detector.reason]).toEqual([
      true,
      'SUSPECTED',
      'the link was lost: reset',
    ]);
    detector.pingMissed(3, 'refused');
    expect([detector.state, detector.reason]).toEqual(['UNREACHABLE', '1 ping missed: refused']);
    expect([detector.linkLost(4, 'reset'), detector.state, detector.reason]).toEqual([
      false,
      'UNREACHABLE',
      '1 ping missed: refused',
    ]);
  });

  it('suspects a node that answers and stores nothing, until it stores', () => {
    const detector = new FailureDetector(2, 0);
    detector.pingAnswered(1);
    expect(detector.pingAnswered(2, 'its disk is full')).toBe(true);
    expect([detector.state, detector.reason]).toEqual(['SUSPECTED', 'answers pings, but its disk is full']);
    detector.pingMissed(3, 'timeout');
    detector.pingAnswered(4, 'its disk is full');
    expect([detector.state, detector.since, detector.missedPings]).toEqual(['SUSPECTED', 2, 0]);
    expect([detector.pingAnswered(5), detector.state]).toEqual([true, 'HEALTHY']);
  });

  it('follows from what happened since the last answer alone', () => {
    const event = fc.constantFrom('answered' as const, 'missed' as const, 'lost' as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(event, { maxLength: 30 }), (failures, events) => {
        const detector = new FailureDetector(failures, 0);
        let changedAtMs = 0;
        events.forEach((happened, place) => {
          const [before, nowMs] = [detector.state, place + 1];
          const isChange =
            happened === 'answered'
              ? detector.pingAnswered(nowMs)
              : happened === 'missed'
                ? detector.pingMissed(nowMs, 'x')
                : detector.linkLost(nowMs, 'x');
          if (isChange) changedAtMs = nowMs;
          expect(isChange).toBe(detector.state !== before);
          expect(detector.since).toBe(changedAtMs);
          const past = events.slice(0, nowMs);
          const lastAnswer = past.lastIndexOf('answered');
          const sinceAnswer = past.slice(lastAnswer + 1);
          const missed = sinceAnswer.filter((each) => each === 'missed').length;
          const isTrouble = sinceAnswer.length > 0 || lastAnswer < 0;
          expect(detector.state).toBe(missed >= failures ? 'UNREACHABLE' : isTrouble ? 'SUSPECTED' : 'HEALTHY');
        });
      }),
    );
  });
});
