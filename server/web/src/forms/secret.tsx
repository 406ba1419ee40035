// Something that is shown this once: to copy, and what happens to it after.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';

export function Secret({ value, label, testId }: { value: string; label: string; testId?: string }) {
  return (
    <div className="bg-sunken mt-3 flex items-center gap-2 rounded-md p-2 pl-3">
      <code aria-label={label} data-testid={testId} className="min-w-0 flex-1 text-xs break-all">
        {value}
      </code>
      <CopyButton value={value} />
    </div>
  );
}

export function CopyButton({ value }: { value: string }) {
  const { t } = useTranslation('forms');
  const [state, setState] = useState<'copy' | 'copied' | 'notCopied'>('copy');
  return (
    <Button
      size="small"
      onClick={() => {
        // Without a secure context there is no clipboard; the text can be selected.
        const writing = navigator.clipboard?.writeText(value) ?? Promise.reject(new Error('no clipboard'));
        writing.then(
          () => setState('copied'),
          () => setState('notCopied'),
        );
      }}
    >
      <span aria-live="polite">{t(state)}</span>
    </Button>
  );
}
