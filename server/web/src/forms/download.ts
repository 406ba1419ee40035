// Gives the reader a text, or what the server made, as a file.
// SPDX-License-Identifier: Apache-2.0
export function download(name: string, type: string, content: string): void {
  save(name, new Blob([content], { type }));
}

export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** A name for a file: letters and digits of any script, the rest a dash. */
export function fileName(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '') || 'vivi';
}
