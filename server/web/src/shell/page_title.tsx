// The heading of a page, with what can be done there beside it; also the title of the browser's tab.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, type ReactNode } from 'react';

export function PageTitle({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} – Vivi`;
  }, [title]);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
      <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
      {note && <div className="text-muted text-sm">{note}</div>}
      {children && <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>}
    </div>
  );
}
