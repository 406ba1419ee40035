// A translated sentence with elements where its gaps are: names that people or machines chose stand in <bdi>.
// SPDX-License-Identifier: Apache-2.0
import { Fragment, type ReactNode } from 'react';

const begin = '\u2063'; // Invisible separators: no name that is shown has them.
const end = '\u2064';

/** What to give `t()` as values: each says which part stands there. */
export function gaps<Key extends string>(parts: Readonly<Record<Key, ReactNode>>): Record<Key, string> {
  return Object.fromEntries(Object.keys(parts).map((key) => [key, begin + key + end])) as Record<Key, string>;
}

/** `text` is what `t(…, gaps(parts))` gave. */
export function filled(text: string, parts: Readonly<Record<string, ReactNode>>): ReactNode {
  const [first, ...rest] = text.split(begin);
  return (
    <>
      {first}
      {rest.map((piece, index) => {
        const at = piece.indexOf(end);
        return (
          <Fragment key={index}>
            {parts[piece.slice(0, at)]}
            {piece.slice(at + 1)}
          </Fragment>
        );
      })}
    </>
  );
}
