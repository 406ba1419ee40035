// The link of a letter that proves a mailbox: a new e-mail, or the one the account has.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { ConfirmEmailDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Problems } from '../../forms/problems';
import { Button } from '../../ui/button';
import { Doorstep } from '../../parts/doorstep';

/** A button, not the visit itself: programs that look at links in letters would use them up. */
export function ConfirmPage() {
  const { t } = useTranslation('join');
  const { hash } = useLocation();
  const confirm = useAct(ConfirmEmailDocument);
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    document.title = `${t('confirm.title')} – Vivi`;
  }, [t]);
  async function submit() {
    if (confirm.isBusy) return;
    const { payload } = await confirm.run({ input: { token: hash.slice(1) } });
    if (payload) setDone(true);
  }
  const isOver = confirm.problems[0]?.code === 'NOT_FOUND';
  return (
    <Doorstep>
      <div className="panel p-6" data-testid="confirm-email" data-done={isDone}>
        <h1 className="text-lg font-semibold">{t('confirm.title')}</h1>
        {isDone || isOver ? (
          <>
            <p role="status" className="mt-3 leading-relaxed">
              {t(isDone ? 'confirm.done' : 'confirm.over')}
            </p>
            <a href="/settings/account" className="bg-accent text-on-accent mt-5 flex h-10 items-center justify-center rounded-md font-medium">
              {t('confirm.home')}
            </a>
          </>
        ) : (
          <>
            <p className="text-muted mt-2 leading-relaxed">{t('confirm.text')}</p>
            <Problems of={confirm.problems} />
            <Button look="primary" className="mt-5 h-10 w-full" aria-disabled={confirm.isBusy} onClick={() => void submit()} autoFocus>
              {t('confirm.submit')}
            </Button>
          </>
        )}
      </div>
    </Doorstep>
  );
}
