// Commands as the server takes them, and their results as a person reads them.
// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { commandOf, isOver, offered, subjectOf, textOf } from '../../src/parts/command_input';

it('says exactly one thing to do, whatever is chosen', () => {
  for (const kind of offered) expect(Object.keys(commandOf(kind, '5'))).toHaveLength(1);
  expect(commandOf('COLLECT_LOGS', 'vivi-dnsd')).toEqual({ collectLogs: { service: 'vivi-dnsd', followSeconds: 30 } });
  expect(commandOf('THROUGHPUT', '10')).toEqual({ throughput: 10 });
});

it('knows when nothing more comes', () => {
  expect(['QUEUED', 'SENT', 'RUNNING'].some((state) => isOver(state as 'SENT'))).toBe(false);
  expect(isOver('EXPIRED')).toBe(true);
});

it('shows results as text', () => {
  expect(textOf({ lines: ['a', 'b'] })).toBe('a\nb');
  expect(textOf({ text: 'log' })).toBe('log');
  expect(textOf({ sent: 4, received: 3 })).toBe('{\n "sent": 4,\n "received": 3\n}');
  expect(textOf(null)).toBe('');
  expect(textOf({})).toBe('');
});

it('names what a command was about', () => {
  expect(subjectOf({ service: 'vivi-dnsd', lines: 500 })).toBe('vivi-dnsd');
  expect(subjectOf(null)).toBe('');
});
