// A text as a QR code, black on white in either theme, so that every camera reads it. Loaded when it is shown.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

export interface Modules {
  readonly size: number;
  readonly data: readonly (readonly boolean[])[];
}

/** One path: each run of dark modules of a row is a rectangle. */
export function pathOf({ data }: Modules): string {
  let path = '';
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      path += `M${from} ${y}h${x + 1 - from}v1H${from}z`;
    }
  });
  return path;
}

export function Qr({ text, label, className = 'size-44' }: { text: string; label: string; className?: string }) {
  const [modules, setModules] = useState<Modules | null>(null);
  useEffect(() => {
    let isWanted = true;
    void import('uqr').then(({ encode }) => isWanted && setModules(encode(text, { ecc: 'M', border: 3 })));
    return () => {
      isWanted = false;
    };
  }, [text]);
  return (
    <div className={`rounded-md bg-white p-1 ${className}`} data-testid="qr">
      {modules && (
        <svg role="img" aria-label={label} viewBox={`0 0 ${modules.size} ${modules.size}`} shapeRendering="crispEdges" className="size-full">
          <path d={pathOf(modules)} fill="#000" />
        </svg>
      )}
    </div>
  );
}
