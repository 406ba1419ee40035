// What stands where there is nothing yet: what this place is for and how to fill it.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';

export function Empty({ title, text, children }: { title: ReactNode; text: string; children?: ReactNode }) {
  return (
    <div className="mx-auto max-w-md px-6 py-14 text-center">
      <h2 className="text-base font-semibold">{title}</h2>
      <p className="text-muted mt-2 leading-relaxed text-pretty">{text}</p>
      {children && <div className="mt-5">{children}</div>}
    </div>
  );
}
