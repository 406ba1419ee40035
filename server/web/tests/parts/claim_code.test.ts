// The code of a router is forgiven as it is typed, and its check symbol found wrong before it is sent.
// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { groupedCode, plainCode, stateOf } from '../../src/parts/claim_code';

describe('a claim code', () => {
  it('is forgiven small letters, spaces, dashes and look-alikes', () => {
    expect(plainCode(' t1dg6 – ybkc8 - $')).toBe('T1DG6YBKC8$');
    expect(plainCode('oil')).toBe('011');
  });

  it('is shown in its groups while it is typed', () => {
    expect(groupedCode('t1d')).toBe('T1D');
    expect(groupedCode('t1dg6y')).toBe('T1DG6-Y');
    expect(groupedCode('t1dg6ybkc8$')).toBe('T1DG6-YBKC8-$');
  });

  it('fits when its check symbol does, as the server counts', () => {
    expect(stateOf('T1DG6-YBKC8-$')).toBe('fits');
    expect(stateOf('tldg6 ybkc8 $')).toBe('fits');
    expect(stateOf('T1DG6-YBKC8-0')).toBe('mistyped');
    expect(stateOf('T1DG6-YBCK8-$'), 'two characters changed places').toBe('mistyped');
    expect(stateOf('T1DG6-YBKC8')).toBe('short');
    expect(stateOf('T1DG6-YBKC8-$$')).toBe('long');
    expect(stateOf('T1DG*'), 'a symbol that only checks').toBe('mistyped');
  });
});
