import { describe, expect, it } from 'vitest';
import { Partitions } from '../partitions.js';
import { addressOf, callerPortsIn, changesOf, rulesFor, rulesForConnection } from './routes.js';

const address = (nodeId: string): string => addressOf(Number(nodeId.split('-')[1]));

describe('the rules of the router', () => {
  it('stand for one direction each', () => {
    const partitions = new Partitions();
    partitions.cut(['node-1'], ['node-2', 'node-3'], 'silent');
    partitions.cut(['node-3'], ['node-1'], 'refused');
    expect([...rulesFor(partitions.all(), address)]).toEqual([
      'from 10.77.1.2 to 10.77.2.2 blackhole priority 100',
      'from 10.77.1.2 to 10.77.3.2 blackhole priority 100',
      'from 10.77.3.2 to 10.77.1.2 unreachable priority 100',
    ]);
  });

  it('stand before all others where one connection is forgotten', () => {
    expect(rulesForConnection('10.77.1.2', 36256, '10.77.2.2', 8000)).toEqual([
      'from 10.77.1.2 to 10.77.2.2 ipproto tcp sport 36256 dport 8000 blackhole priority 99',
      'from 10.77.2.2 to 10.77.1.2 ipproto tcp sport 8000 dport 36256 blackhole priority 99',
    ]);
  });

  it('are made for the connections of one caller to the node, as ss lists them', () => {
    const listed = [
      '0      0      10.77.2.2:8000  10.77.1.2:36256 ',
      '690    0      10.77.2.2:8000  10.77.1.2:36258 ',
      '0      0      10.77.2.2:8000  10.77.3.2:40000 ',
      '0      0      10.77.2.2:41000 10.77.1.2:8000  ',
      '',
    ];
    expect(callerPortsIn(listed.join('\n'), '10.77.2.2:8000', '10.77.1.2')).toEqual([36256, 36258]);
  });

  it('change only where what is cut has changed', () => {
    const partitions = new Partitions();
    const heal = partitions.cut(['node-1'], ['node-2'], 'silent');
    partitions.cut(['node-2'], ['node-3'], 'silent');
    const before = rulesFor(partitions.all(), address);
    heal();
    partitions.cut(['node-3'], ['node-2'], 'silent');
    expect(changesOf(before, rulesFor(partitions.all(), address))).toEqual([
      'rule del from 10.77.1.2 to 10.77.2.2 blackhole priority 100',
      'rule add from 10.77.3.2 to 10.77.2.2 blackhole priority 100',
    ]);
  });
});
