// Giving a router back: for good, so its name is typed first.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ReturnRouterDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { useScope, useScopedLink } from '../../scope';
import { Button } from '../../ui/button';
import { showToast } from '../../ui/toasts';
import type { RouterDetail } from './router_page';

export function ReturnPanel({ router }: { router: RouterDetail }) {
  const { t } = useTranslation('routers');
  const navigate = useNavigate();
  const { refresh } = useScope();
  const link = useScopedLink();
  const [isAsking, setAsking] = useState(false);
  const giveBack = useAct(ReturnRouterDocument);

  async function submit() {
    const { payload } = await giveBack.run({ input: { routerId: router.id } });
    if (!payload) return;
    showToast({ about: 'return', tone: 'plain', content: t('return.done', { name: router.name }) });
    refresh();
    void navigate(link('/routers'));
  }

  return (
    <section className="panel mt-4 flex flex-wrap items-center gap-4 p-4" aria-labelledby="return">
      <div className="min-w-0 flex-1 basis-64">
        <h2 id="return" className="font-semibold">
          {t('return.title')}
        </h2>
        <p className="text-muted mt-1 leading-relaxed">{t('return.text')}</p>
      </div>
      <Button onClick={() => setAsking(true)} className="text-danger" data-testid="return-open">
        {t('return.open')}
      </Button>
      {isAsking && (
        <Ask
          title={t('return.ask')}
          submit={t('return.submit')}
          onSubmit={() => void submit()}
          onClose={() => setAsking(false)}
          isBusy={giveBack.isBusy}
          problems={giveBack.problems}
          typed={router.name}
          isDanger
          testId="return"
        >
          <p className="mt-2 leading-relaxed">{t('return.consequence')}</p>
        </Ask>
      )}
    </section>
  );
}
