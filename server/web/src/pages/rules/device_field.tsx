// Names a device: by its name, chosen while typing, or by its MAC in any notation.
// SPDX-License-Identifier: Apache-2.0
import { useId, useMemo } from 'react';
import { Field } from '../../ui/field';
import type { Known } from './use_names';

interface Props {
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
  value: string;
  onChange: (mac: string) => void;
  known: Known;
}

/** A name that two devices have is told apart by the MAC, so every suggestion is about one device. */
export function DeviceField({ label, hint, problem, value, onChange, known }: Props) {
  const list = useId();
  const byText = useMemo(() => new Map(known.devices.map(({ mac, label: name }) => [name === mac ? mac : `${name} (${mac})`, mac])), [known.devices]);
  const text = useMemo(() => [...byText].find(([, mac]) => mac === value)?.[0] ?? value, [byText, value]);
  return (
    <>
      <Field label={label} hint={hint} problem={problem} value={text} list={list} autoComplete="off" spellCheck={false} name="device" onChange={(event) => onChange(byText.get(event.target.value) ?? event.target.value)} />
      <datalist id={list}>
        {[...byText.keys()].map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </>
  );
}
