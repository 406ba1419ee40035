// Whom guests ask about what is blocked: a line on the router's page, and a small dialog to change it, for the whole event at once.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SetContactDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Check, Field } from '../../forms/field';
import { usePlace } from '../../place';
import { useScope } from '../../scope';
import { Button } from '../../ui/button';
import { filled, gaps } from '../../ui/filled';
import { showToast } from '../../ui/toasts';
import type { RouterDetail } from './router_page';

interface Props {
  router: RouterDetail;
  onChanged: () => void;
}

export function Contact({ router, onChanged }: Props) {
  const { t } = useTranslation('routers');
  const { may } = usePlace();
  const [isAsking, setAsking] = useState(false);
  const parts = { contact: <bdi className="font-medium break-words">{router.contact || t('contact.organisers')}</bdi> };
  return (
    <div className="border-line mt-4 flex flex-wrap items-center gap-x-3 gap-y-2 border-t pt-3" data-testid="contact">
      <span className="min-w-0">{filled(t('contact.is', gaps(parts)), parts)}</span>
      {may('MANAGE') && (
        <Button size="small" onClick={() => setAsking(true)} aria-label={`${t('contact.open')} ${t('contact.label')}`} data-testid="contact-open">
          {t('contact.open')}
        </Button>
      )}
      {isAsking && <ContactDialog router={router} onChanged={onChanged} onClose={() => setAsking(false)} />}
    </div>
  );
}

function ContactDialog({ router, onChanged, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation('routers');
  const { events } = useScope();
  const set = useAct(SetContactDocument);
  const event = events.find(({ id }) => id === router.event?.id);
  const others = event?.routers.filter(({ id }) => id !== router.id) ?? [];
  async function submit(fields: FormData) {
    const routerIds = [router, ...(fields.has('all') ? others : [])].map(({ id }) => id);
    const { payload } = await set.run({ input: { routerIds, contact: String(fields.get('contact')).trim() } });
    if (!payload) return;
    showToast({ about: 'contact', tone: 'plain', content: t('contact.done', { count: routerIds.length }) });
    onClose();
    onChanged();
  }
  const parts = { event: <bdi>{event?.name}</bdi> };
  return (
    <Ask title={t('contact.title')} submit={t('contact.submit')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={set.isBusy} problems={set.problems} testId="contact-dialog">
      <Field label={t('contact.label')} hint={t('contact.hint')} name="contact" defaultValue={router.contact} maxLength={120} autoComplete="off" />
      {others.length > 0 && <Check label={filled(t('contact.all', gaps(parts)), parts)} name="all" defaultChecked />}
    </Ask>
  );
}
