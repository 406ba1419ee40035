// What stands around the pages of those who are not signed in: whose door it is.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '../ui/icons';

export function Doorstep({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-5 py-10">
      <div className="mb-7 flex items-center gap-3">
        <Mark className="size-10" />
        <div>
          <p className="text-xl leading-tight font-semibold tracking-tight">Vivi</p>
          <p className="text-muted">{t('app.tagline')}</p>
        </div>
      </div>
      {children}
    </main>
  );
}
