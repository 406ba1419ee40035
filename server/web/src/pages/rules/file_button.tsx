// Takes a text file from the reader's disk, and gives one to it.
// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';

export function FileButton({ label, accept, onFile }: { label: string; accept: string; onFile: (name: string, content: string) => void }) {
  const id = useId();
  return (
    <span className="relative inline-flex">
      <input
        id={id}
        type="file"
        accept={accept}
        data-testid="file"
        className="peer absolute inset-0 size-full cursor-pointer opacity-0"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ''; // The same file can be taken again.
          if (file) void file.text().then((content) => onFile(file.name, content));
        }}
      />
      <label htmlFor={id} className="bg-surface border-field peer-hover:bg-sunken peer-focus-visible:outline-accent inline-flex h-9 items-center rounded-md border px-3.5 font-medium peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2">
        {label}
      </label>
    </span>
  );
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** A name that every file system takes. */
export function fileName(name: string): string {
  return `${name.normalize('NFKD').replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '').toLowerCase() || 'profile'}.vivi-profile.json`;
}
